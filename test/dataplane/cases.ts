import fc from 'fast-check'

type Runs = Pick<fc.Parameters, 'numRuns' | 'seed'>

/**
 * How often a property is tried: so often that `npm test` stays quick, or once for each `per` of the CASES that `npm run cases`
 * sets. A failure prints its seed, and with SEED in the environment the same is tried again.
 */
export const runs = (usual: number, { per }: { readonly per: number } = { per: 1 }): Runs => {
  const { CASES: cases, SEED: seed } = process.env
  return {
    numRuns: cases === undefined ? usual : Math.ceil(Number(cases) / per),
    ...(seed !== undefined && { seed: Number(seed) }),
  }
}

const size = fc.oneof(fc.nat(10), fc.nat(2000), fc.nat(200_000))

/** What one side sends: the sizes of its writes. */
export const slices = fc.array(size, { maxLength: 6 })

export const total = (slices: readonly number[]): number => slices.reduce((sum, size) => sum + size, 0)
