import type { ApiObject } from '../../api-object.js'
import { at, listAt, numberAt, textAt, textsAt } from '../../json.js'
import { shortened } from '../../../model/shortened.js'
import type { Column } from './column.js'

const joined = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

const subsetText = (subset: unknown): readonly string[] => {
  const addresses = listAt(subset, 'addresses').map(address => textAt(address, 'ip'))
  const ports = listAt(subset, 'ports').map(port => numberAt(port, 'port') ?? 0)
  return ports.length === 0
    ? addresses
    : ports.flatMap(port => addresses.map(address => joined(address, port)))
}

export const endpointsColumns: readonly Column[] = [
  { name: 'Endpoints', cell: object => shortened(listAt(object, 'subsets').flatMap(subsetText), 3) },
]

const slicePorts = (slice: ApiObject): string => {
  if (at(slice, 'ports') === undefined) return '<unset>'
  return shortened(
    listAt(slice, 'ports').map(port => String(numberAt(port, 'port') ?? '*')),
    3,
  )
}

const sliceEndpoints = (slice: ApiObject): string => {
  if (at(slice, 'endpoints') === undefined) return '<unset>'
  return shortened(
    listAt(slice, 'endpoints').flatMap(endpoint => textsAt(endpoint, 'addresses')),
    3,
  )
}

export const endpointSliceColumns: readonly Column[] = [
  { name: 'AddressType', cell: slice => textAt(slice, 'addressType') },
  { name: 'Ports', cell: slicePorts },
  { name: 'Endpoints', cell: sliceEndpoints },
]
