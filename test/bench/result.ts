/** What one run of a load cost one proxy. */
export interface Sample {
  readonly load: string
  readonly peer: string
  readonly round: number
  /** The proxy's own CPU for one unit, in the load's unit. */
  readonly cpu: number
  /** Units in a second. */
  readonly rate: number
  readonly p50: number | undefined
  readonly p99: number | undefined
}

/** What an idle connection takes, in bytes. */
export interface IdleSample {
  readonly peer: string
  readonly bytes: number
}

export interface Machine {
  readonly cores: number
  readonly model: string
  readonly kernel: string
  readonly node: string
  readonly commit: string
  readonly date: string
}

/** All that a bench found out. */
export interface Result {
  readonly machine: Machine
  readonly seconds: number
  readonly rounds: number
  readonly loads: readonly { readonly name: string; readonly unit: string }[]
  readonly samples: readonly Sample[]
  readonly idle: readonly IdleSample[]
  readonly idleConnections: number
  readonly notes: readonly string[]
}
