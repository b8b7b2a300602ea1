import type { Clock } from '../model/clock.js'
import { seconds } from '../model/milliseconds.js'
import { turn } from '../model/turn.js'
import { wait } from '../model/wait.js'
import type { Lines } from './lines.js'
import type { InstanceStatus, ServiceStatus, StatusLine } from './status.js'

/** What a status is made of. */
export interface StatusSource {
  readonly instance: () => InstanceStatus
  /** One by one, as there may be 10,000. */
  readonly services: () => Iterable<ServiceStatus>
  /** Another number whenever something may have changed. */
  readonly version: () => number
}

export interface SendOptions {
  readonly clock: Clock
  /** Whether changes follow, until the reader leaves. */
  readonly watch: boolean
  /** Ends it. */
  readonly signal: AbortSignal
}

/** So many take less than a millisecond or two: then it is others' turn. */
const turnsEvery = 64

/** However much changes, it is looked at once in this time. */
const period = seconds(1)

/** What tells a change: clients come and go all the time. */
const settled = (service: ServiceStatus): string =>
  JSON.stringify({
    ...service,
    ports: service.ports.map(port => ({
      ...port,
      connections: 0,
      flows: 0,
      affinity: port.affinity?.timeout,
    })),
  })

const keyOf = ({ namespace, name }: ServiceStatus): string => `${namespace}/${name}`

/** Sends how it is and, to who watches, what changes. Resolves when all is said, or nobody listens any more. */
export const sendStatus = async (source: StatusSource, lines: Lines, options: SendOptions): Promise<void> => {
  const { clock, watch, signal } = options
  const said = new Map<string, string>()
  let version: number | undefined
  const send = (line: StatusLine): Promise<boolean> => lines.write(line)
  /** Resolves with whether somebody still reads. */
  const sendAll = async (): Promise<boolean> => {
    version = source.version()
    const gone = new Map(said)
    let count = 0
    if (!(await send(source.instance()))) return false
    for (const service of source.services()) {
      count += 1
      if (count % turnsEvery === 0) await turn()
      const [key, text] = [keyOf(service), watch ? settled(service) : '']
      gone.delete(key)
      if (watch && said.get(key) === text) continue
      if (watch) said.set(key, text)
      if (!(await send(service))) return false
    }
    for (const key of gone.keys()) {
      said.delete(key)
      const [namespace = '', name = ''] = key.split('/')
      if (!(await send({ kind: 'gone', namespace, name }))) return false
    }
    return send({ kind: 'whole' })
  }
  if (!(await sendAll()) || !watch) return
  const left = new AbortController()
  void lines.closed.then(() => left.abort())
  const over = AbortSignal.any([signal, left.signal])
  const isOver = (): boolean => over.aborted
  while (!isOver()) {
    await wait(clock, period, over)
    if (!isOver() && source.version() !== version && !(await sendAll())) return
  }
}
