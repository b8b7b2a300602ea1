import type { HealthCheck } from '../../model/health-check.js'
import { ipAddress } from '../../model/ip-address.js'
import { port } from '../../model/port.js'
import { emptySnapshot, type Snapshot } from '../../model/snapshot.js'
import { listIn, numberIn, objectIn, textIn } from '../../model/json.js'
import { servicePortIn, servicePortLine } from './service-port-json.js'

/** Another number whenever older programs could not make sense of what is written. */
const format = 1

/** To write so many service ports takes a millisecond. */
const linesAtOnce = 64

/**
 * The snapshot as text, piece by piece: a line about all of it, then one for each service port. Without how own pods are told: that
 * is for writing rules.
 */
export function* snapshotPieces(snapshot: Snapshot): Generator<string> {
  const { servicePorts, healthChecks, nodeAddresses } = snapshot
  yield `${JSON.stringify({ format, servicePorts: servicePorts.length, nodeAddresses, healthChecks })}\n`
  for (let index = 0; index < servicePorts.length; index += linesAtOnce)
    yield servicePorts
      .slice(index, index + linesAtOnce)
      .map(each => `${servicePortLine(each)}\n`)
      .join('')
}

const healthCheckIn = (value: unknown): HealthCheck => {
  const check = objectIn(value)
  return {
    namespace: textIn(check.namespace),
    service: textIn(check.service),
    port: port(numberIn(check.port)),
    localEndpoints: numberIn(check.localEndpoints),
  }
}

/**
 * What `snapshotPieces` wrote; the empty snapshot where another version of this program did. Throws TypeError, RangeError or
 * SyntaxError where it makes no sense, or not all of it is there.
 */
export const snapshotIn = (text: string): Snapshot => {
  const [first = '', ...lines] = text.split('\n')
  const value: unknown = JSON.parse(first)
  const saved = objectIn(value)
  if (numberIn(saved.format) !== format) return emptySnapshot
  if (lines.pop() !== '' || lines.length !== numberIn(saved.servicePorts))
    throw new RangeError(`${numberIn(saved.servicePorts)} service ports were expected, not ${lines.length}`)
  const servicePorts = lines.map(servicePortIn)
  if (new Set(servicePorts.map(({ id }) => id)).size < servicePorts.length)
    throw new RangeError('a service port is there twice')
  return {
    ...emptySnapshot,
    servicePorts,
    nodeAddresses: listIn(saved.nodeAddresses).map(each => ipAddress(textIn(each))),
    healthChecks: listIn(saved.healthChecks).map(healthCheckIn),
  }
}
