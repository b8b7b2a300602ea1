import type { ApiEvent } from './api-event.js'
import type { CrashEvent } from './crash.js'
import type { Endpoint } from './endpoint.js'
import type { Family } from './ip-address.js'
import type { Milliseconds } from './milliseconds.js'
import type { NamesEvent } from './names-event.js'
import type { NodeEvent } from './node-event.js'
import type { Port } from './port.js'
import type { Affinity, ServicePortId } from './service-port.js'
import type { SetUpEvent } from './set-up-event.js'
import type { SocksEvent } from './socks-event.js'
import type { TakeoverEvent } from './takeover-event.js'
import type { TrafficEvent } from './traffic-event.js'

/** What happened on this machine. */
export type ProxyOwnEvent =
  | {
      readonly type: 'listening'
      readonly servicePort: ServicePortId
      readonly family: Family
      readonly port: Port
    }
  | { readonly type: 'listen-failed'; readonly servicePort: ServicePortId; readonly reason: string }
  | {
      /** Its own port is somebody else's, or may not be had: it is not served there, and tried again with each sync. */
      readonly type: 'portal-failed'
      readonly servicePort: ServicePortId
      /** `*:30080`, `192.0.2.7:443`. */
      readonly portal: string
      readonly reason: string
    }
  | {
      /** It is ours again. */
      readonly type: 'portal-served'
      readonly servicePort: ServicePortId
      readonly portal: string
    }
  | { readonly type: 'closed'; readonly servicePort: ServicePortId; readonly port: Port }
  | {
      readonly type: 'endpoints'
      readonly servicePort: ServicePortId
      readonly endpoints: readonly Endpoint[]
    }
  | { readonly type: 'affinity'; readonly servicePort: ServicePortId; readonly affinity: Affinity }
  | {
      readonly type: 'rules-written'
      readonly family: Family
      /** What `iptables-restore` was given. */
      readonly text: string
    }
  | {
      /** Somebody else had changed our rules: they are as they should be again. */
      readonly type: 'rules-repaired'
      readonly family: Family
      /** How many were gone, or said something else, */
      readonly missing: number
      /** of how many. */
      readonly of: number
      /** The rule that somebody had put before a jump of ours that has to come first. */
      readonly displacedBy?: string
      /** How often that was so of late, this time included. */
      readonly times: number
    }
  | {
      /** Portals' addresses that somebody had taken from this machine are its own again. */
      readonly type: 'addresses-repaired'
      readonly family: Family
      readonly missing: number
    }
  | {
      /** Nothing can be captured in one family; what was in force there stays, and the other one goes on. */
      readonly type: 'family-failed'
      readonly family: Family
      readonly reason: string
      readonly cure?: string
    }
  | {
      readonly type: 'synced'
      readonly servicePorts: number
      readonly opened: number
      readonly closed: number
      /** The families whose rules were written; empty when nothing differed. */
      readonly written: readonly Family[]
      readonly duration: Milliseconds
    }
  | {
      readonly type: 'sync-failed'
      readonly reason: string
      readonly cure?: string
      readonly retryIn: Milliseconds
      /** Whether the attempt before it failed for the same reason. */
      readonly again: boolean
    }
  | {
      /** The rules are in force, but UDP clients from before may still be translated as the former ones said. */
      readonly type: 'conntrack-failed'
      readonly reason: string
      readonly cure: string
    }
  | {
      /** After a crash, rules that still stand would point at nothing until the API server answers. Said once a reason. */
      readonly type: 'state-not-saved'
      readonly path: string
      readonly reason: string
    }
  | {
      /** Nothing is in the way of that any more. */
      readonly type: 'state-saved-again'
    }
  | {
      /** What is served was written down, for a start after a crash. */
      readonly type: 'snapshot-saved'
      readonly servicePorts: number
      readonly duration: Milliseconds
    }
  | {
      /** A file of the run before this one makes no sense, and is not used. */
      readonly type: 'state-damaged'
      readonly path: string
      /** Where it is by now; absent: it could not be set aside. */
      readonly aside?: string
      readonly reason: string
    }
  | {
      /** Rules of the run before this one still lead clients here: they are served again, as it was then. */
      readonly type: 'resumed'
      readonly services: number
    }
  | { readonly type: 'stopping'; readonly connections: number; readonly drainTimeout: Milliseconds }
  | { readonly type: 'retire-failed'; readonly reason: string }
  | {
      readonly type: 'stopped'
      /** Connections. */
      readonly reset: number
      /** How much of ours was taken out of this machine: jumps, chains, addresses. */
      readonly removed: number
    }

/** Everything that happens in the program, as plain facts. `observe` makes words and numbers of them. */
export type ProxyEvent =
  | TrafficEvent
  | SetUpEvent
  | ApiEvent
  | ProxyOwnEvent
  | NodeEvent
  | NamesEvent
  | SocksEvent
  | TakeoverEvent
  | CrashEvent

/** Takes note of what happened. Never throws and never waits. */
export type Report = (event: ProxyEvent) => void
