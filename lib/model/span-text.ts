const [minute, hour, day, year] = [60, 3600, 86_400, 365 * 86_400]

/** A unit is shown alone when it is large enough, otherwise with the next smaller one. */
const steps: readonly {
  readonly below: number
  readonly unit: number
  readonly rest?: number
  readonly letters: string
}[] = [
  { below: 2 * minute, unit: 1, letters: 's' },
  { below: 10 * minute, unit: minute, rest: 1, letters: 'ms' },
  { below: 3 * hour, unit: minute, letters: 'm' },
  { below: 8 * hour, unit: hour, rest: minute, letters: 'hm' },
  { below: 2 * day, unit: hour, letters: 'h' },
  { below: 8 * day, unit: day, rest: hour, letters: 'dh' },
  { below: 2 * year, unit: day, letters: 'd' },
  { below: 8 * year, unit: year, rest: day, letters: 'yd' },
  { below: Infinity, unit: year, letters: 'y' },
]

/** A span of seconds as kubectl writes it: `5s`, `3m20s`, `2d4h`. */
export const spanText = (seconds: number): string => {
  if (seconds < -1) return '<invalid>'
  const whole = Math.max(0, Math.floor(seconds))
  const step = steps.find(({ below }) => whole < below)
  if (!step) return '<unknown>'
  const [first = '', second = ''] = step.letters
  const rest = step.rest === undefined ? 0 : Math.floor((whole % step.unit) / step.rest)
  return `${Math.floor(whole / step.unit)}${first}${rest > 0 ? `${rest}${second}` : ''}`
}
