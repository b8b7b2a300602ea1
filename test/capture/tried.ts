import type { Test } from 'tap'
import type { BackendKind } from '../../lib/capture/backend.js'
import { Iptables } from '../../lib/capture/iptables.js'
import type { Host } from '../../lib/host/host.js'
import { localAddresses } from '../../lib/host/local-addresses.js'
import { machine } from '../../lib/host/machine.js'
import type { ProxyEvent } from '../../lib/model/event.js'

interface Tried {
  readonly capture: Iptables
  readonly events: readonly ProxyEvent[]
  /** What was given to iptables-restore, one text a time. */
  readonly written: readonly string[]
}

/** A capture whose rules go when the test ends. */
export const tried = (t: Test, kind: BackendKind, host: Host = machine): Tried => {
  const events: ProxyEvent[] = []
  const written: string[] = []
  const capture = new Iptables({
    host,
    backend: { kind, infix: `-${kind}` },
    families: ['IPv4'],
    addresses: localAddresses,
    report: event => {
      events.push(event)
      if (event.type === 'rules-written') written.push(event.text)
    },
  })
  t.teardown(() => capture.remove())
  return { capture, events, written }
}
