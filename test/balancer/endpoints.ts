import { type Endpoint, endpointText } from '../../lib/model/endpoint.js'
import { type IpAddress, ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import type { Picker } from '../../lib/balancer/picker.js'

/** Endpoints are known by a number: 10.1.0.1:8080, … */
export const endpoint = (number: number): Endpoint => ({
  address: ipAddress(`10.1.0.${number}`),
  port: port(8080),
})

export const endpoints = (...numbers: readonly number[]): Endpoint[] => numbers.map(endpoint)

export const client = (number: number): IpAddress =>
  ipAddress(`10.${2 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`)

/** A random number that leaves the order of a set as it is. */
export const unshuffled = (): number => 0

const numberOf = (choice: Endpoint): string => endpointText(choice).replace(/^10\.1\.0\.(\d+):8080$/, '$1')

/** The numbers of the endpoints of the next connections, one for each client; '-' where there is none. */
export const picked = (picker: Picker, ...clients: readonly IpAddress[]): string =>
  clients
    .map(who => picker.next(who))
    .map(choice => (choice ? numberOf(choice) : '-'))
    .join(' ')

/** The same, for as many connections of somebody as asked. */
export const dealt = (picker: Picker, connections: number): string =>
  picked(picker, ...Array.from({ length: connections }, () => client(1)))
