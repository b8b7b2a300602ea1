import type { Host } from '../host/host.js'
import { errorCode, errorText } from '../model/error-text.js'
import type { Report } from '../model/event.js'
import type { Family, IpAddress } from '../model/ip-address.js'
import { seconds } from '../model/milliseconds.js'
import type { Port } from '../model/port.js'
import { portalIn, type Redirects, type StaleFlows, staleFlows } from './stale-flows.js'

export interface ConntrackOptions {
  readonly host: Host
  readonly family: Family
  /** This machine's addresses: where node ports are. */
  readonly addresses: () => readonly IpAddress[]
  readonly report: Report
}

const timeout = seconds(5)

/** Up to so many portals are looked at one by one. */
const few = 16

const originally = ({ address, port }: ReturnType<typeof portalIn>): readonly string[] => [
  ...(address === undefined ? [] : ['--orig-dst', address]),
  ...['--orig-port-dst', String(port)],
]

const those = (flows: StaleFlows): readonly string[] => [
  ...[...originally(flows), '--reply-port-src', String(flows.goTo)],
]

const samePorts = (some: ReadonlySet<Port> | undefined, others: ReadonlySet<Port> | undefined): boolean =>
  some?.size === others?.size && [...(some ?? [])].every(port => others?.has(port))

/**
 * Makes the kernel forget how it translates UDP clients of portals that are redirected elsewhere now, or nowhere. What it
 * did with a client's first datagram it does with all that follow soon enough, whatever the rules say by then: a client
 * that keeps its source port would talk to a closed port for ever. TCP needs none of this: a connection begins with a SYN,
 * and one that meets the entry of a connection that has ended makes a new entry.
 */
export class Conntrack {
  readonly #options: ConntrackOptions
  /** Portals whose clients may be translated wrongly. */
  readonly #suspects = new Set<string>()
  /** See `Suspicion`. */
  readonly #moved = new Set<string>()
  #looked = false
  #complaint = ''

  constructor(options: ConntrackOptions) {
    this.#options = options
  }

  /**
   * Notes whose clients will be translated wrongly once the rules redirect as `after` and no longer as `before`; the first
   * time everybody's, as a run before this one may have ended half way.
   */
  suspect(before: Redirects, after: Redirects): void {
    for (const portal of [...before.keys(), ...after.keys()]) {
      const [old, next] = [before.get(portal), after.get(portal)]
      const moves = !samePorts(old, next)
      if (!this.#looked || moves) this.#suspects.add(portal)
      // Who is whose is not in the entries: where clients part or meet, all of them begin anew.
      if (moves && Math.max(old?.size ?? 0, next?.size ?? 0) > 1) this.#moved.add(portal)
    }
    this.#looked = true
  }

  /**
   * Deletes the entries of suspects that do not go where `redirects`, the rules by now, say. Never rejects: what
   * fails is reported, once for as long as the reason stays, and left for the next call.
   */
  async settle(redirects: Redirects): Promise<void> {
    if (this.#suspects.size === 0) return
    try {
      const listed = await this.#list()
      const suspicion = {
        portals: this.#suspects,
        moved: this.#moved,
        redirects,
        addresses: this.#options.addresses(),
      }
      for (const stale of staleFlows(listed, suspicion)) await this.#run('--delete', those(stale))
      this.#suspects.clear()
      this.#moved.clear()
      this.#complaint = ''
    } catch (error) {
      this.#complain(error)
    }
  }

  /** All entries that may be suspects': a busy node has hundreds of thousands, and to read them all takes half a second. */
  async #list(): Promise<string> {
    if (this.#suspects.size > few) return this.#run('--dump')
    let listed = ''
    for (const portal of this.#suspects) listed += await this.#run('--dump', originally(portalIn(portal)))
    return listed
  }

  async #run(command: '--dump' | '--delete', args: readonly string[] = []): Promise<string> {
    const { host, family } = this.#options
    // Zone 0 is where our rules translate; entries of other zones are made for somebody else's.
    const ours = ['--proto', 'udp', '--family', family.toLowerCase(), '--zone', '0']
    const { code, stdout, stderr } = await host.run('conntrack', [command, ...ours, ...args], { timeout })
    // By now there may be none left.
    if (code === 0 || /\b0 flow entries\b/.test(stderr)) return stdout
    throw new Error(`conntrack ${command} ended with ${code}: ${errorText(stderr)}`)
  }

  #complain(error: unknown): void {
    const missing = errorCode(error) === 'ENOENT'
    const reason = missing ? 'there is no program conntrack here' : errorText(error)
    if (reason === this.#complaint) return
    this.#complaint = reason
    const cure = missing
      ? 'install it (apt-get install conntrack, dnf install conntrack-tools)'
      : 'it is tried again with each sync; `conntrack --dump --proto udp` by hand shows whether it works'
    this.#options.report({ type: 'conntrack-failed', reason, cure })
  }
}
