import type { Family } from '../../model/ip-address.js'
import { field, list, text } from '../raw.js'
import { type EndpointSlice, sliceOf } from './endpoint-slice.js'
import { objectText } from './skip.js'

const familyIn = (address: unknown): Family =>
  text(field(address, 'ip'))?.includes(':') === true ? 'IPv6' : 'IPv4'

const asOfSlice = (address: unknown, ready: { readonly ready: boolean }): unknown => ({
  addresses: [field(address, 'ip')],
  // Nobody says which of them still serve while they terminate.
  conditions: { ...ready, serving: ready.ready, terminating: false },
  nodeName: field(address, 'nodeName'),
  targetRef: field(address, 'targetRef'),
})

/** A subset in the form of slices: one a family, as slices are. */
const slicesIn = (subset: unknown): readonly unknown[] => {
  const [ready, others] = [list(field(subset, 'addresses')), list(field(subset, 'notReadyAddresses'))]
  return (['IPv4', 'IPv6'] as const).flatMap(addressType => {
    const ofFamily = (address: unknown): boolean => familyIn(address) === addressType
    const endpoints = [
      ...ready.filter(ofFamily).map(each => asOfSlice(each, { ready: true })),
      ...others.filter(ofFamily).map(each => asOfSlice(each, { ready: false })),
    ]
    return endpoints.length === 0 ? [] : [{ addressType, endpoints, ports: field(subset, 'ports') }]
  })
}

/**
 * Reads a `v1 Endpoints`, which is called like its Service, as the slices that newer servers would make of it. What is wrong
 * with it is in their `skips`; never throws.
 */
export const readEndpoints = (object: unknown): readonly EndpointSlice[] => {
  const namespace = text(field(object, 'metadata', 'namespace')) ?? ''
  const name = text(field(object, 'metadata', 'name')) ?? ''
  const what = objectText('Endpoints', namespace, name)
  const metadata = field(object, 'metadata')
  return list(field(object, 'subsets'))
    .flatMap(slicesIn)
    .map(slice => sliceOf(what, `${namespace}/${name}`, { ...Object(slice), metadata }))
}
