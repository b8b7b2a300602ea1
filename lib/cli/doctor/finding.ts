import type { Host } from '../../host/host.js'
import type { IpAddress } from '../../model/ip-address.js'
import type { PortRange } from '../../model/port-range.js'

/** What was found out about one thing that kube-portal needs, or that gets in its way. */
export interface Finding {
  /** The thing, in one or two words: `open files`. */
  readonly what: string
  /** `unwise`: it works, but not as well as it could. `wrong`: something does not work, or will not. */
  readonly state: 'well' | 'unwise' | 'wrong'
  readonly text: string
  /** What to do. Always there where it is not well. */
  readonly cure?: string
}

/** What a check may look at. */
export interface Examined {
  /** Nothing on it is changed. */
  readonly host: Host
  /** This machine's. */
  readonly addresses: readonly IpAddress[]
  /** Of `--proxy-port-range`. */
  readonly localPorts: PortRange
  /** Whether rules may be read: without that right there seem to be none. */
  readonly mayReadRules: boolean
  /** The process that runs here as kube-portal; undefined: none. `unknown`: it does not say. */
  readonly running: string | undefined
  /** One that changes nothing here, and so is not the only one: its process, and its --capture. Absent: none answers. */
  readonly beside?: string | undefined
}

/** Looks at one thing, and changes nothing. Rejects where it could not look. */
export type Check = (examined: Examined) => Promise<readonly Finding[]>

export const well = (what: string, text: string): Finding => ({ what, state: 'well', text })

export const unwise = (what: string, text: string, cure: string): Finding => ({
  ...{ what, state: 'unwise', text, cure },
})

export const wrong = (what: string, text: string, cure: string): Finding => ({
  ...{ what, state: 'wrong', text, cure },
})
