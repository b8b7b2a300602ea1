import { addressCauses } from './address-causes.js'
import { required, unsupported, when, wrong } from './causes.js'
import { at, isJsonObject, listAt, textAt, textsAt } from '../../json.js'
import type { Rules } from './rules.js'

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
