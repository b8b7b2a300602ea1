/** What one number of Services costs. */
export interface Measured {
  readonly services: number
  /** Of the process's start to the end of its first sync, in seconds. */
  readonly untilServed: number
  /** The first sync itself, in ms. */
  readonly firstSync: number
  /** Medians of one change, in ms: the whole sync, what iptables takes included, and CPU of our own process. */
  readonly endpointChange: Change
  readonly newService: Change
  /** PSS, in MB. */
  readonly memory: number
  /** The longest that a client waited for an answer while changes went on, in ms. */
  readonly longestWait: number
  /** Median of connect() from a pod, in µs. */
  readonly connect: number
}

export interface Change {
  readonly sync: number
  readonly cpu: number
}

const change = ({ sync, cpu }: Change): string => `${sync.toFixed(0)} ms (${cpu.toFixed(0)} ms CPU of ours)`

/** A line for each thing that was measured. */
export const measuredText = (measured: Measured): string =>
  [
    `${measured.services} Services`,
    `  started to served       ${measured.untilServed.toFixed(2)} s`,
    `  the first sync of it    ${measured.firstSync.toFixed(0)} ms`,
    `  an endpoint changes     ${change(measured.endpointChange)}`,
    `  a Service is made       ${change(measured.newService)}`,
    `  longest wait meanwhile  ${measured.longestWait.toFixed(1)} ms`,
    `  memory                  ${measured.memory.toFixed(0)} MB`,
    `  connect() from a pod    ${measured.connect.toFixed(1)} µs`,
  ].join('\n')
