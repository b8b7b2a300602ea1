import type { Probes } from '../dataplane/probes.js'
import type { Alarm, Clock } from '../model/clock.js'
import { type Endpoint, endpointText } from '../model/endpoint.js'
import { errorCode, errorText } from '../model/error-text.js'
import { milliseconds } from '../model/milliseconds.js'
import type { PortalTrouble } from '../model/node-event.js'
import type { ServicePortId } from '../model/service-port.js'
import { knock } from '../reach/knock.js'

/** A portal, and where it should lead. */
export interface Tried {
  readonly servicePort: ServicePortId
  readonly portal: Endpoint
}

/** What became of a connection to a portal. */
export type Trial =
  { readonly outcome: 'well' } | { readonly outcome: PortalTrouble; readonly reason: string }

export interface TryPortalOptions {
  /** Consulted by the listeners. */
  readonly probes: Probes
  readonly clock: Clock
  /** Ends it. */
  readonly signal: AbortSignal
}

/** Until somebody has accepted. A second SYN is sent after a second. */
const longestConnect = milliseconds(2750)

/** From then until our listener, which is on this machine, must have seen it. */
const longestArrival = milliseconds(250)

/**
 * Connects to a portal from this machine, and says whether that came to its listener, within 3 s. No endpoint is dialled: the
 * listener knows it and resets it. Undefined when it was ended before. Never rejects, and leaves nothing behind.
 */
export const tryPortal = (
  { servicePort, portal }: Tried,
  { probes, clock, signal }: TryPortalOptions,
): Promise<Trial | undefined> =>
  new Promise(resolve => {
    let alarm: Alarm | undefined
    let forget = (): void => undefined
    let isOver = false
    const over = (trial?: Trial): void => {
      isOver = true
      signal.removeEventListener('abort', ended)
      alarm?.cancel()
      forget()
      attempt.close()
      resolve(trial)
    }
    const ended = (): void => over()
    const missed = (): void => over({ outcome: 'bypassed', reason: missedText(portal) })
    const accepted = (): void => {
      // One more turn, in which an arrival is seen for which there was no time before.
      if (!isOver) alarm = clock.after(longestArrival, () => void setImmediate(missed))
    }
    signal.addEventListener('abort', ended)
    const attempt = knock(portal, {
      clock,
      timeout: longestConnect,
      opened: local => {
        forget = probes.expect({ servicePort, local, arrived: () => over({ outcome: 'well' }) })
      },
    })
    attempt.answered.then(accepted, (error: unknown) =>
      over({ outcome: troubleOf(error), reason: errorText(error) }),
    )
  })

const missedText = (portal: Endpoint): string =>
  `a connection to ${endpointText(portal)} was accepted by somebody else`

const troubles: Readonly<Record<string, PortalTrouble>> = {
  ENETUNREACH: 'no route',
  ECONNREFUSED: 'refused',
  // What a firewall answers that refuses as its administrator's decision.
  EHOSTUNREACH: 'refused',
  ETIMEDOUT: 'timeout',
}

const troubleOf = (error: unknown): PortalTrouble => troubles[errorCode(error) ?? ''] ?? 'failed'
