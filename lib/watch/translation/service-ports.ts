import { type Port, port } from '../../model/port.js'
import type { Protocol } from '../../model/service-port.js'
import { field, text } from '../raw.js'
import { isDnsLabel, notForUs, refused, type Skip } from './skip.js'

/** A port of a Service that is proxied. */
export interface ProxiedPort {
  /** '' where the Service's only port has no name. */
  readonly name: string
  readonly protocol: Exclude<Protocol, 'SCTP'>
  readonly port: Port
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
  if (protocol === 'SCTP') return notForUs(what, `${it} is SCTP, for which Node has no sockets`)
  return { name, protocol, port: number }
}

// The same name or number once more for another protocol is another port: that is how a DNS server has both.
const clash = (one: ProxiedPort, other: ProxiedPort): boolean =>
  one.protocol === other.protocol && (one.name === other.name || one.port === other.port)

/** Reads the ports of the Service that events call `what`. */
export const readServicePorts = (what: string, written: readonly unknown[]): ServicePorts => {
  const ports: ProxiedPort[] = []
  const skips: Skip[] = []
  for (const each of written) {
    const read = readPort(what, each)
    if ('type' in read) skips.push(read)
    else if (ports.some(other => clash(other, read)))
      skips.push(refused(what, `${writtenPort(each)} is there twice`))
    else ports.push(read)
  }
  return { ports, skips }
}
