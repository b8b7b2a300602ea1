import type { InstanceStatus, ServiceStatus } from '../control/status.js'
import { statusLineIn } from '../control/status-line.js'
import { Failure } from '../model/failure.js'
import { asked } from './asked.js'
import { exitCode } from './exit-code.js'
import type { StatusOptions } from './options/status.js'
import { checkNames, chosenBy } from './status/chosen.js'
import { isWell } from './status/instance-text.js'
import { printed, type Status } from './status/printed.js'
import { Watched } from './status/watched.js'

const isServed = ({ ports }: ServiceStatus): boolean => ports.every(port => port.programmed && port.healthy)

/** All that a running instance says of itself and of Services. Rejects with a Failure where none answers. */
export const wholeStatus = async (options: Pick<StatusOptions, 'stateDir'>): Promise<Status> => {
  let instance: InstanceStatus | undefined
  let isWhole = false
  const services: ServiceStatus[] = []
  for await (const value of asked('/status', options)) {
    const line = statusLineIn(value)
    if (line.kind === 'instance') instance = line
    if (line.kind === 'service') services.push(line)
    if (line.kind === 'whole') isWhole = true
  }
  if (!instance || !isWhole)
    throw new Failure('failed', 'kube-portal ended while it answered', { cure: 'try again' })
  services.sort((one, other) =>
    `${one.namespace}/${one.name}` < `${other.namespace}/${other.name}` ? -1 : 1,
  )
  return { instance, services }
}

/** `kube-portal status`: prints how it is. Resolves with the exit code: whether the whole and what was asked for are well. */
export const status = async (names: readonly string[], options: StatusOptions): Promise<number> => {
  if (options.watch) return watch(names, options)
  const { instance, services } = await wholeStatus(options)
  checkNames(names, services, options)
  const chosen = services.filter(chosenBy(names, options))
  const { output, namespace } = options
  process.stdout.write(printed({ instance, services: chosen }, { output, namespace }))
  return isWell(instance) && chosen.every(isServed) ? exitCode.well : exitCode.failed
}

/** Goes on until it is interrupted, or until nobody answers any more. */
const watch = async (names: readonly string[], options: StatusOptions): Promise<number> => {
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  const watched = new Watched(chosenBy(names, options), options)
  for await (const value of asked('/status?watch=true', options, stop.signal))
    process.stdout.write(watched.take(statusLineIn(value)))
  if (stop.signal.aborted) return exitCode.well
  process.stderr.write('kube-portal has ended\n')
  return exitCode['not-running']
}
