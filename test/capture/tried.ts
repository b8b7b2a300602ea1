import type { Test } from 'tap'
import type { BackendKind } from '../../lib/capture/backend.js'
import { Iptables } from '../../lib/capture/iptables.js'
import { redirect, type Target } from '../../lib/capture/target.js'
import type { Host } from '../../lib/host/host.js'
import { localAddresses } from '../../lib/host/local-addresses.js'
import { machine } from '../../lib/host/machine.js'
import type { Family } from '../../lib/model/ip-address.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { whole, type WholeCapture } from './whole.js'

interface Tried {
  readonly capture: WholeCapture
  readonly events: readonly ProxyEvent[]
  /** What was given to iptables-restore, one text a time. */
  readonly written: readonly string[]
}

interface Setting {
  readonly host?: Host
  readonly families?: readonly Family[]
  readonly target?: Target
}

/** A capture whose rules go when the test ends. */
export const tried = (
  t: Test,
  kind: BackendKind,
  { host = machine, families = ['IPv4'], target = redirect }: Setting = {},
): Tried => {
  const events: ProxyEvent[] = []
  const written: string[] = []
  const iptables = new Iptables({
    host,
    backend: { kind, infix: `-${kind}` },
    families,
    target,
    addresses: localAddresses,
    report: event => {
      events.push(event)
      if (event.type === 'rules-written') written.push(event.text)
    },
  })
  const capture = whole(iptables)
  t.teardown(() => capture.remove())
  return { capture, events, written }
}
