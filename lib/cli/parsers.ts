import { InvalidArgumentError } from 'commander'
import { defaultUdpTimeout } from '../dataplane/udp/default-udp-timeout.js'
import { type Cidr, cidr } from '../model/cidr.js'
import { duration } from '../model/duration.js'
import { errorText } from '../model/error-text.js'
import { anyAddressLike, ipAddress } from '../model/ip-address.js'
import type { Milliseconds } from '../model/milliseconds.js'
import { nodePortAddresses } from '../model/node-port-addresses.js'
import { port, type Port } from '../model/port.js'
import { type PortRange, portRange, portRangeSize } from '../model/port-range.js'
import { onEndpointGone } from '../model/terms.js'
import { type Endpoint, endpointText } from '../model/endpoint.js'
import type { HttpPlace } from '../observe/http-port.js'
import { labelSelector, type Requirement } from '../model/label-selector.js'

/** A reader of an option's text whose RangeError becomes a message about that option. */
const checked =
  <Value>(read: (text: string) => Value) =>
  (text: string): Value => {
    try {
      return read(text)
    } catch (error) {
      throw new InvalidArgumentError(`${errorText(error)}.`)
    }
  }

/** A span of time, 0 included. */
export const span = checked(duration)

/** How long a UDP flow may be idle. kube-proxy's files say 0s where they mean the default. */
export const udpSpan = checked((text: string): Milliseconds => {
  const value = duration(text)
  return value === 0 ? defaultUdpTimeout : value
})

export const endpointGone = checked(onEndpointGone)

/** A span of time that is not 0. */
export const period = checked((text: string): Milliseconds => {
  const value = duration(text)
  if (value === 0) throw new RangeError('it must be more than 0')
  return value
})

export const localPortRange = checked((text: string): PortRange => {
  const range = portRange(text)
  if (portRangeSize(range) < 10) throw new RangeError('it takes a range of at least 10 ports')
  return range
})

/** Reads `-v 2`, and `-v=2` as kube-proxy's users write it. */
export const verbosity = checked((text: string): number => {
  const level = text.replace(/^=/, '')
  if (!/^\d{1,2}$/.test(level)) throw new RangeError('it is a whole number from 0 to 10')
  return Number(level)
})

/** The URL of an API server. */
export const serverUrl = checked((text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '')
    throw new RangeError('an API server is written like https://192.0.2.1:6443')
  return text
})

/** An IP address. */
export const address = checked(ipAddress)

/** Ranges of addresses, with commas between them; none: ''. */
export const cidrs = checked((text: string): readonly Cidr[] =>
  text
    .split(',')
    .filter(each => each.trim() !== '')
    .map(cidr),
)

export const nodePorts = checked(nodePortAddresses)

/** The name of a network interface, or the beginning of one: at most 15 characters, as Linux has it. */
export const interfaceName = checked((text: string): string => {
  if (!/^[^\s/+"\\]{1,15}$/.test(text) || text.startsWith('-'))
    throw new RangeError(`${JSON.stringify(text)} is no name of a network interface`)
  return text
})

/** What `read` gives. Throws RangeError with the `complaint` where it throws. */
const orElse = <Value>(read: () => Value, complaint: string): Value => {
  try {
    return read()
  } catch (cause) {
    throw new RangeError(complaint, { cause })
  }
}

/** A selector of labels, as kubectl takes it. */
export const selector = checked((text: string): readonly Requirement[] => labelSelector(text))

const httpPlace = (usual: Port): ((text: string) => HttpPlace | 'nowhere') =>
  checked(text => {
    if (text === '') return 'nowhere'
    const [, bracketed, plain = bracketed ?? text, number = usual] =
      /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? []
    const address = orElse(
      () => ipAddress(plain),
      `${JSON.stringify(text)} is not written like 127.0.0.1:${usual} or [::1]:${usual}`,
    )
    if (Number(number) === 0) return 'nowhere'
    const place = { port: port(Number(number)) }
    return address === anyAddressLike(address) ? place : { ...place, address }
  })

/** kube-proxy's. */
export const usualPorts = { health: port(10_256), metrics: port(10_249) }

/** Reads where health is told, as kube-proxy does: `0.0.0.0:10256`, `[::1]:10256`, `127.0.0.1`; nowhere: '', or port 0. */
export const healthPlace = httpPlace(usualPorts.health)

/** The same for metrics. */
export const metricsPlace = httpPlace(usualPorts.metrics)

/** Reads how many there may be, 0 included. */
export const count = checked((text: string): number => {
  if (!/^\d{1,7}$/.test(text)) throw new RangeError('it is a whole number from 0 to 9999999')
  return Number(text)
})

const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

/** Names of namespaces, with commas between them. */
export const namespaces = checked((text: string): readonly string[] => {
  const names = text
    .split(',')
    .map(each => each.trim())
    .filter(each => each !== '')
  const wrong = names.find(each => !label.test(each))
  if (wrong !== undefined) throw new RangeError(`${JSON.stringify(wrong)} is no name of a namespace`)
  if (names.length === 0) throw new RangeError('it takes at least one namespace; leave it out for all')
  return [...new Set(names)]
})

/** What names of a cluster end with, such as `cluster.local`. */
export const clusterDomain = checked((text: string): string => {
  const domain = text.toLowerCase().replace(/^\.|\.$/g, '')
  if (domain.length > 200 || !domain.split('.').every(each => label.test(each)))
    throw new RangeError('it is written like cluster.local')
  return domain
})

/** Reads where only programs of this machine come to: `127.0.0.1:1080`, `[::1]:1080`. */
export const loopbackPlace = checked((text: string): Endpoint => {
  const [, bracketed, plain = bracketed ?? '', number] = /^(?:\[(.*)\]|([^:]*)):(\d+)$/.exec(text) ?? []
  const complaint = `${JSON.stringify(text)} is not written like 127.0.0.1:1080 or [::1]:1080`
  const place = orElse(() => ({ address: ipAddress(plain), port: port(Number(number)) }), complaint)
  if (place.address !== '::1' && !place.address.startsWith('127.'))
    throw new RangeError(`${endpointText(place)} is not on loopback, so others could come, too`)
  return place
})
