import { ipAddress, type IpAddress } from '../../../model/ip-address.js'
import { whyUndialable } from '../../../model/undialable.js'
import { required, unsupported, when, wrong } from './causes.js'
import { at, isJsonObject, listAt, textAt, textsAt } from '../../json.js'
import type { Rules } from './rules.js'
import type { Cause } from '../status-error.js'

const parsed = (text: string): IpAddress | undefined => {
  try {
    return ipAddress(text)
  } catch {
    return undefined
  }
}

// 255.255.255.255 and other multicast than link-local pass, as a real API server of 1.36 let them.
const refusedPart = /loopback|unspecified|link-local/

const addressCauses = (field: string, text: string): readonly Cause[] => {
  const address = parsed(text)
  if (!address) return [wrong(field, text, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
  const why = whyUndialable(address) ?? ''
  return when(refusedPart.test(why), () => {
    const range = why.replace(/^IPv\d /, '').replace(/ address$/, '')
    return wrong(field, text, `may not be in the ${range} range`)
  })
}

const types = ['FQDN', 'IPv4', 'IPv6']

export const endpointSliceRules: Rules = {
  defaulted: object => ({
    ...object,
    endpoints: at(object, 'endpoints') ?? null,
    ports:
      at(object, 'ports') === undefined
        ? null
        : listAt(object, 'ports').map(port => ({
            name: '',
            protocol: 'TCP',
            ...(isJsonObject(port) ? port : {}),
          })),
  }),
  causes: (object, current) => {
    const type = textAt(object, 'addressType')
    const before = textAt(current, 'addressType')
    return [
      ...when(type === '', () => required('addressType')),
      ...when(type !== '' && !types.includes(type), () => unsupported('addressType', type, types)),
      ...when(before !== '' && before !== type, () => wrong('addressType', type, 'field is immutable')),
      ...listAt(object, 'endpoints').flatMap((endpoint, index) => {
        const field = `endpoints[${index}].addresses`
        const addresses = textsAt(endpoint, 'addresses')
        if (addresses.length === 0) return [required(field, 'must contain at least 1 address')]
        if (type === 'FQDN') return []
        return addresses.flatMap((address, place) => addressCauses(`${field}[${place}]`, address))
      }),
    ]
  },
}

export const endpointsRules: Rules = {
  defaulted: object => object,
  causes: object =>
    listAt(object, 'subsets').flatMap((subset, index) =>
      ['addresses', 'notReadyAddresses'].flatMap(list =>
        listAt(subset, list).flatMap((address, place) =>
          addressCauses(`subsets[${index}].${list}[${place}].ip`, textAt(address, 'ip')),
        ),
      ),
    ),
}
