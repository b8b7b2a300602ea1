import type { Kind } from '../kinds.js'

/**
 * How a strategic merge patch merges the lists of a kind: those with a `key` element by element, those of plain
 * values (`set`) as sets. All others are replaced whole.
 */
export interface MergeKeys {
  readonly key?: string
  readonly set?: true
  readonly fields?: Readonly<Record<string, MergeKeys>>
}

const by = (key: string, fields: Readonly<Record<string, MergeKeys>> = {}): MergeKeys => ({ key, fields })

const metadata: MergeKeys = { fields: { ownerReferences: by('uid'), finalizers: { set: true } } }

const conditions: MergeKeys = { fields: { conditions: by('type') } }

const container = by('name', {
  ports: by('containerPort'),
  env: by('name'),
  volumeMounts: by('mountPath'),
  volumeDevices: by('devicePath'),
})

const podSpec: MergeKeys = {
  fields: {
    containers: container,
    initContainers: container,
    ephemeralContainers: container,
    volumes: by('name'),
    imagePullSecrets: by('name'),
    hostAliases: by('ip'),
    topologySpreadConstraints: by('topologyKey'),
  },
}

const workload: MergeKeys = {
  fields: {
    metadata,
    spec: { fields: { template: { fields: { metadata, spec: podSpec } } } },
    status: conditions,
  },
}

const byResource: Partial<Record<Kind['resource'], MergeKeys>> = {
  deployments: workload,
  replicasets: workload,
  pods: {
    fields: {
      metadata,
      spec: podSpec,
      status: { fields: { conditions: by('type'), podIPs: by('ip') } },
    },
  },
  services: { fields: { metadata, spec: { fields: { ports: by('port') } }, status: conditions } },
  nodes: {
    fields: {
      metadata,
      spec: { fields: { podCIDRs: { set: true } } },
      status: { fields: { conditions: by('type'), addresses: by('type') } },
    },
  },
  servicecidrs: { fields: { metadata, status: conditions } },
  namespaces: { fields: { metadata, status: conditions } },
}

/** As the Go types of Kubernetes are tagged. */
export const mergeKeysOf = ({ resource }: Kind): MergeKeys => byResource[resource] ?? { fields: { metadata } }
