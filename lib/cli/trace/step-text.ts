import type { Step } from '../../control/trace-line.js'

/** As wide as what is in it most often; what is longer has its place. */
const column = (text: string, width: number): string => text.padEnd(width)

/** The time of day, to the millisecond, by this machine's time zone. */
const timeText = (at: string): string => {
  const time = new Date(at)
  const two = (value: number): string => String(value).padStart(2, '0')
  const seconds = `${two(time.getSeconds())}.${String(time.getMilliseconds()).padStart(3, '0')}`
  return `${two(time.getHours())}:${two(time.getMinutes())}:${seconds}`
}

/** `default/web:http` of `default/web:http/TCP/Local`: what is usual is not said. */
const serviceText = (id: string): string => id.replace(/\/(TCP|UDP)(?=\/|$)/, '')

/** A step as a line. */
export const stepText = ({ at, id, servicePort, step, text }: Step): string =>
  `${timeText(at)} ${column(id, 5)} ${column(serviceText(servicePort), 14)} ${column(step, 9)} ${text}\n`
