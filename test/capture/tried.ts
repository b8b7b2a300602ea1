import type { Test } from 'tap'
import type { BackendKind } from '../../lib/capture/backend.js'
import { Iptables } from '../../lib/capture/iptables.js'
import { machine } from '../../lib/host/machine.js'

interface Tried {
  readonly capture: Iptables
  /** What was given to iptables-restore, one text a time. */
  readonly written: readonly string[]
}

/** A capture whose rules go when the test ends. */
export const tried = (t: Test, kind: BackendKind): Tried => {
  const written: string[] = []
  const capture = new Iptables({
    host: machine,
    backend: { kind, infix: `-${kind}` },
    families: ['IPv4'],
    report: event => event.type === 'rules-written' && written.push(event.text),
  })
  t.teardown(() => capture.remove())
  return { capture, written }
}
