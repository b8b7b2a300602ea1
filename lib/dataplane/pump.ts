import type { Alarm, Clock } from '../model/clock.js'
import type { Disconnected } from '../model/event.js'
import { type Milliseconds, seconds } from '../model/milliseconds.js'
import type { EndpointStream } from '../reach/reach.js'
import { carry } from './flow.js'
import type { Intake } from './intake.js'
import { whyTooQuiet } from './quiet.js'
import { reset } from './reset.js'
import type { Rounds } from './rounds.js'

export interface Pair {
  readonly client: EndpointStream
  readonly endpoint: EndpointStream
  /** What each is read into. */
  readonly sent: Intake
  readonly received: Intake
}

export interface PumpOptions {
  readonly clock: Clock
  /**
   * How long a pair may be silent once one side has ended; it is reset before twice that time. Default: one hour, as long as
   * kube-proxy's other modes remember such a pair (`--conntrack-tcp-timeout-close-wait`).
   */
  readonly halfOpenTimeout: Milliseconds | undefined
  /** Looks for pairs that are quiet for too long. */
  readonly rounds: Rounds
  /** How long nothing may go either way; absent or 0: for ever. */
  readonly idleTimeout: Milliseconds | undefined
  /** Resets both when it aborts. */
  readonly signal: AbortSignal
}

export interface Outcome {
  readonly how: Disconnected['how']
  /** Bytes from the client to the endpoint. */
  readonly sent: number
  /** Bytes from the endpoint to the client. */
  readonly received: number
}

/**
 * Carries bytes both ways until both sides have ended. The end of one is passed on while the other goes on; a
 * reset, or any other failure, of one is passed on as a reset. Resolves when both are closed, and never rejects.
 */
export const pump = ({ client, endpoint, sent, received }: Pair, options: PumpOptions): Promise<Outcome> =>
  new Promise(resolve => {
    const { clock, halfOpenTimeout = seconds(3600), rounds, signal } = options
    let how: Outcome['how'] = 'ended'
    let silence: Alarm | undefined
    let open = 2

    const breakOff = (reason: Outcome['how']): void => {
      if (how === 'ended') how = reason
      reset(client)
      reset(endpoint)
    }
    const stop = (): void => breakOff('stopping')
    const look = (): void => {
      const reason = whyTooQuiet([sent, received], {
        now: clock.now(),
        idleTimeout: options.idleTimeout ?? 0,
      })
      if (reason) breakOff(reason)
    }
    const whenClosed = (stream: EndpointStream, reason: Outcome['how']): void =>
      onceClosed(stream, () => {
        if (!hasEnded(stream)) breakOff(reason)
        open -= 1
        if (open > 0) return
        silence?.cancel()
        signal.removeEventListener('abort', stop)
        rounds.delete(look)
        sent.close()
        received.close()
        resolve({ how, sent: sent.bytes, received: received.bytes })
      })
    // Bytes are counted anyway, so a look now and then costs the data path nothing.
    const watchSilence = (): void => {
      const before = sent.bytes + received.bytes
      silence = clock.after(halfOpenTimeout, () => {
        if (sent.bytes + received.bytes === before) breakOff('half-open too long')
        else watchSilence()
      })
    }
    const oneEnded = (): void => {
      if (!silence && open === 2) watchSilence()
    }

    carry({ from: client, to: endpoint, intake: sent }, oneEnded)
    carry({ from: endpoint, to: client, intake: received }, oneEnded)
    whenClosed(client, 'reset by client')
    whenClosed(endpoint, 'reset by endpoint')
    rounds.add(look)
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
  })

const hasEnded = (stream: EndpointStream): boolean =>
  stream.readableEnded && stream.writableFinished && !stream.errored

/** Calls `closed` once, also when `stream` is closed already. Its errors need no other listener. */
const onceClosed = (stream: EndpointStream, closed: () => void): void => {
  stream.on('error', () => undefined)
  if (stream.closed) closed()
  else stream.once('close', closed)
}
