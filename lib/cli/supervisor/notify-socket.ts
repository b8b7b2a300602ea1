import { type Milliseconds, milliseconds } from '../../model/milliseconds.js'

/** Where a supervisor such as systemd wants to be told how we are: see sd_notify(3). */
export interface NotifySocket {
  /** How long it waits for a sign of life before it ends us; undefined: it does not. */
  readonly watchdog?: Milliseconds
  /** What tells another process of ours the same. */
  readonly variables: Readonly<Record<string, string>>
}

const names = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'] as const

/** In microseconds, as systemd writes it; undefined where it makes no sense. */
const spanOf = (text: string | undefined): Milliseconds | undefined =>
  text !== undefined && /^[1-9]\d{0,15}$/.test(text) ? milliseconds(Number(text) / 1000) : undefined

/** What `env` says to the process `pid`; undefined where nobody wants to be told. */
export const notifySocketIn = (
  env: Readonly<Record<string, string | undefined>>,
  pid: number,
): NotifySocket | undefined => {
  const { NOTIFY_SOCKET: socket = '', WATCHDOG_USEC: span, WATCHDOG_PID: whose = String(pid) } = env
  if (socket === '') return undefined
  // Somebody who started us may have left us what was meant for them.
  const watchdog = whose === String(pid) ? spanOf(span) : undefined
  return {
    ...(watchdog !== undefined && { watchdog }),
    variables: {
      NOTIFY_SOCKET: socket,
      ...(watchdog !== undefined && { WATCHDOG_USEC: String(watchdog * 1000) }),
    },
  }
}

/** The same for this process. From then on, no program that we start can speak for us. */
export const takeNotifySocket = (): NotifySocket | undefined => {
  const found = notifySocketIn(process.env, process.pid)
  for (const name of names) Reflect.deleteProperty(process.env, name)
  return found
}
