import { type Milliseconds, milliseconds } from './milliseconds.js'

const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

const whole = /^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/
const part = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g

/** Reads a span of time as Go writes it, and so kube-proxy: `10s`, `1m30s`, `250ms`, `0`. Throws RangeError. */
export const duration = (text: string): Milliseconds => {
  if (text === '0') return milliseconds(0)
  if (!whole.test(text))
    throw new RangeError(`a duration is written like 10s, 1m30s or 250ms, not ${JSON.stringify(text)}`)
  let sum = 0
  for (const [, count, unit] of text.matchAll(part)) sum += Number(count) * (units[unit ?? ''] ?? Number.NaN)
  return milliseconds(sum)
}

/** Writes a span of time for people: `250 ms`, `1.5 s`, `2 min`. */
export const durationText = (span: Milliseconds): string => {
  if (span < 1000) return `${Math.round(span * 10) / 10} ms`
  if (span < 120_000) return `${Math.round(span / 100) / 10} s`
  return `${Math.round(span / 6000) / 10} min`
}

const withUnit = (count: number, unit: string): string => `${Number(count.toFixed(9))}${unit}`

/** Writes a span of time as Go does: `0s`, `250ms`, `1m30s`, `1h0m0s`. `duration` reads it. */
export const goDuration = (span: Milliseconds): string => {
  if (span === 0) return '0s'
  if (span < 1e-3) return withUnit(span * 1e6, 'ns')
  if (span < 1) return withUnit(span * 1e3, 'µs')
  if (span < 1000) return withUnit(span, 'ms')
  const minutes = Math.floor(span / 60_000)
  const rest = withUnit((span - minutes * 60_000) / 1000, 's')
  if (minutes === 0) return rest
  return minutes < 60 ? `${minutes}m${rest}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${rest}`
}
