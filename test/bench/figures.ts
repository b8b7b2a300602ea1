import type { Sample } from './result.js'

/** Several measurements of one thing. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** Undefined when nothing was measured. */
export const spread = (values: readonly number[]): Spread | undefined => {
  const sorted = [...values].sort((a, b) => a - b)
  const [least] = sorted
  const most = sorted.at(-1)
  const below = sorted[Math.floor((sorted.length - 1) / 2)]
  const above = sorted[Math.ceil((sorted.length - 1) / 2)]
  if (least === undefined || most === undefined || below === undefined || above === undefined)
    return undefined
  return { median: (below + above) / 2, least, most }
}

/** A figure of each sample divided by that of the sample of `base` in the same round: noise of a round drops out. */
export const ratios = (
  samples: readonly Sample[],
  base: readonly Sample[],
  figure: (sample: Sample) => number | undefined,
): readonly number[] =>
  samples.flatMap(sample => {
    const other = base.find(({ round }) => round === sample.round)
    const [above, below] = [figure(sample), other && figure(other)]
    return above === undefined || below === undefined || below === 0 ? [] : [above / below]
  })
