import type { ApiObject, Metadata } from '../../../lib/sandbox/api-object.js'

interface PodSample {
  readonly number: number
  readonly ready?: 'True' | 'False'
  readonly metadata?: Partial<Metadata>
  readonly ports?: readonly {
    readonly name?: string
    readonly containerPort: number
    readonly protocol?: string
  }[]
}

/** A pod of the app `web` that runs as 10.244.0.NUMBER. */
export const podSample = ({ number, ready = 'True', metadata = {}, ports = [] }: PodSample): ApiObject => ({
  metadata: { name: `web-${number}`, namespace: 'shop', labels: { app: 'web' }, ...metadata },
  spec: { nodeName: 'node-1', containers: [{ name: 'web', image: 'web', ports }] },
  status: {
    phase: 'Running',
    podIPs: [{ ip: `10.244.0.${number}` }],
    conditions: [{ type: 'Ready', status: ready }],
  },
})

/** The Service `web`, which selects them. */
export const serviceSample = (spec: Readonly<Record<string, unknown>> = {}): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop', labels: { team: 'shop' } },
  spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }], ...spec },
})

export const node: ApiObject = {
  metadata: { name: 'node-1', labels: { 'topology.kubernetes.io/zone': 'zone-a' } },
  spec: { podCIDR: '10.244.0.0/24' },
  status: { addresses: [{ type: 'InternalIP', address: '172.18.0.2' }] },
}
