import type { Family } from '../model/ip-address.js'
import type { ApiObject } from './api-object.js'

export interface NodeOptions {
  readonly name: string
  /** 0 is the node that the sandbox is; 1 to 9 are others, whose pods live beside its own. */
  readonly number: number
  readonly zone?: string
  readonly families: readonly Family[]
  /** As the API writes it. */
  readonly now: string
}

const places = (number: number): Readonly<Record<Family, { podCidr: string; address: string }>> => ({
  IPv4: { podCidr: `10.244.${number}.0/24`, address: `172.18.0.${2 + number}` },
  IPv6: {
    podCidr: number === 0 ? 'fd00:10:244::/64' : `fd00:10:244:${number}::/64`,
    address: `fd00:172:18::${2 + number}`,
  },
})

/** A Node of the sandbox, with addresses and podCIDRs of its families. */
export const nodeObject = ({ name, number, zone, families, now }: NodeOptions): ApiObject => {
  const own = families.map(family => places(number)[family])
  const podCIDRs = own.map(({ podCidr }) => podCidr)
  const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady' }
  return {
    metadata: {
      name,
      labels: {
        ...{ 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' },
        ...(zone !== undefined && { 'topology.kubernetes.io/zone': zone }),
      },
    },
    spec: { podCIDR: podCIDRs[0], podCIDRs },
    status: {
      addresses: [
        ...own.map(({ address }) => ({ type: 'InternalIP', address })),
        { type: 'Hostname', address: name },
      ],
      conditions: [{ ...ready, lastHeartbeatTime: now, lastTransitionTime: now }],
      nodeInfo: { kubeletVersion: 'v1.36.0-sandbox', operatingSystem: 'linux' },
    },
  }
}
