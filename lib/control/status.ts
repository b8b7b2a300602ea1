/** What a running instance says of itself. Times are spans, in ms, so that no two clocks need agree. */
export interface InstanceStatus {
  readonly kind: 'instance'
  readonly version: string
  readonly process: number
  /** Which cluster; absent: its kubeconfig is not read yet. Its name is absent where no context gives it one. */
  readonly cluster?: { readonly context?: string; readonly server: string }
  /** As `--capture` has it. */
  readonly capture: string
  /** As `--reach` has it; absent while that is not decided. */
  readonly reach?: string
  /** The name of its Node, */
  readonly node: string
  /** and whether there is one; absent while the API server has not told. */
  readonly isNode?: boolean
  /** See `Readiness`. */
  readonly readiness: string
  readonly uptime: number
  /** Since the end of the last sync; absent: there was none. */
  readonly synced?: number
  /** Absent: it is connected. */
  readonly api?: { readonly lasts: number; readonly reason: string }
  /** What is wrong with the whole, a sentence each. */
  readonly troubles: readonly string[]
}

/** One port of a Service, for one traffic class. */
export interface PortStatus {
  /** See `ServicePortId`. */
  readonly id: string
  /** '' where it has no name. */
  readonly port: string
  readonly protocol: string
  readonly family: string
  readonly policy: string
  /** `10.96.0.10:80`, `*:30080`. */
  readonly portals: readonly string[]
  readonly localPort?: number
  readonly endpoints: {
    /** How many serve new clients, */
    readonly ready: number
    /** of how many. */
    readonly all: number
    /** The first of those that serve. */
    readonly some: readonly string[]
    /** Those that have failed of late. */
    readonly failing: readonly string[]
  }
  /** Whether the machine does with its portals what is wanted. */
  readonly programmed: boolean
  /** Whether a new client is likely to be served. */
  readonly healthy: boolean
  readonly connections: number
  /** UDP clients. */
  readonly flows: number
  /** How many clients return to their endpoints, and for how long; absent: none does. */
  readonly affinity?: { readonly timeout: number; readonly clients: number }
  /** Why it is not programmed, */
  readonly unprogrammed: readonly string[]
  /** and why it is not healthy. */
  readonly unhealthy: readonly string[]
}

export interface ServiceStatus {
  readonly kind: 'service'
  readonly namespace: string
  readonly name: string
  /** '' while the API server has not told. */
  readonly type: string
  readonly labels: Readonly<Record<string, string>>
  /** None: nothing of it is proxied. */
  readonly ports: readonly PortStatus[]
  /** Why it, or a part of it, is not proxied. */
  readonly reasons: readonly string[]
}

/** A line of the answer to who asks for the status. */
export type StatusLine =
  | InstanceStatus
  | ServiceStatus
  /** Of those who watch: it is no more. */
  | { readonly kind: 'gone'; readonly namespace: string; readonly name: string }
  /** All that there is was said; of those who watch, what follows are changes. */
  | { readonly kind: 'whole' }
