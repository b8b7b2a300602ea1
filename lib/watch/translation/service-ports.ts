import { isDnsLabel } from '../../model/dns-label.js'
import { type Port, port } from '../../model/port.js'
import type { Protocol } from '../../model/service-port.js'
import { field, list, text } from '../raw.js'
import { refused, type Skip } from './skip.js'

/** A port of a Service that is proxied. */
export interface ProxiedPort {
  /** '' where the Service's only port has no name. */
  readonly name: string
  readonly protocol: Exclude<Protocol, 'SCTP'>
  readonly port: Port
  readonly nodePort?: Port
}

export interface ServicePorts {
  readonly ports: readonly ProxiedPort[]
  /** Why others are not proxied. */
  readonly skips: readonly Skip[]
}

/** A number from 1 to 65535, or undefined. */
export const portIn = (value: unknown): Port | undefined => {
  try {
    return typeof value === 'number' ? port(value) : undefined
  } catch {
    return undefined
  }
}

/** The protocol; TCP when absent, undefined when it is none. */
export const protocolIn = (value: unknown): Protocol | undefined => {
  const protocol = value ?? 'TCP'
  return protocol === 'TCP' || protocol === 'UDP' || protocol === 'SCTP' ? protocol : undefined
}

const writtenPort = (written: unknown): string => {
  const number = JSON.stringify(field(written, 'port') ?? null)
  const name = text(field(written, 'name')) ?? ''
  return name === '' ? `its port ${number}` : `its port ${JSON.stringify(name)}, ${number},`
}

const readPort = (what: string, written: unknown): ProxiedPort | Skip => {
  const it = writtenPort(written)
  const name = text(field(written, 'name')) ?? ''
  if (name !== '' && !isDnsLabel(name)) return refused(what, `${it} has a name that is no DNS label`)
  const protocol = protocolIn(field(written, 'protocol'))
  if (protocol === undefined) return refused(what, `${it} has no protocol that there is`)
  const number = portIn(field(written, 'port'))
  if (number === undefined) return refused(what, `${it} is not from 1 to 65535`)
  if (protocol === 'SCTP') return refused(what, `${it} is SCTP, for which Node has no sockets`)
  return { name, protocol, port: number }
}

/** The same port with its node port, where it has one and its Service is of a type that has. */
const withNodePort = (what: string, read: ProxiedPort, written: unknown): ProxiedPort | Skip => {
  const number = field(written, 'nodePort') ?? 0
  const nodePort = portIn(number)
  if (nodePort !== undefined) return { ...read, nodePort }
  if (number === 0) return read
  const it = `${writtenPort(written)} has the node port ${JSON.stringify(number)}`
  return refused(what, `${it}, which is not from 1 to 65535`)
}

/** What no other port of a Service may have. For another protocol it may: that is how a DNS server has both. */
const marksOf = ({ protocol, name, port: number }: ProxiedPort): readonly string[] => [
  `${protocol} ${name}`,
  `${protocol}/${number}`,
]

const typesWithNodePorts: ReadonlySet<unknown> = new Set(['NodePort', 'LoadBalancer'])

/** Reads the ports of the Service that events call `what`. A bad node port leaves its port without one. */
export const readServicePorts = (what: string, object: unknown): ServicePorts => {
  const hasNodePorts = typesWithNodePorts.has(field(object, 'spec', 'type'))
  const ports: ProxiedPort[] = []
  const skips: Skip[] = []
  const taken = new Set<string>()
  for (const each of list(field(object, 'spec', 'ports'))) {
    const read = readPort(what, each)
    if ('type' in read) skips.push(read)
    else if (marksOf(read).some(mark => taken.has(mark)))
      skips.push(refused(what, `${writtenPort(each)} is there twice`))
    else {
      for (const mark of marksOf(read)) taken.add(mark)
      const whole = hasNodePorts ? withNodePort(what, read, each) : read
      if ('type' in whole) skips.push(whole)
      ports.push('type' in whole ? read : whole)
    }
  }
  return { ports, skips }
}
