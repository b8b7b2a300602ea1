import type { Clock } from '../model/clock.js'
import { type Endpoint, endpointText } from '../model/endpoint.js'
import { milliseconds } from '../model/milliseconds.js'
import type { ByteStream } from '../stream/byte-stream.js'
import { connect } from '../stream/connect.js'
import type { Dialling, DialOptions, Reach } from './reach.js'

/** Reaches endpoints as the network does: a TCP connection to their address. */
export class DirectReach implements Reach {
  /** As in the original (kube-proxy, userspace mode): 3.75 s at the most. */
  readonly schedule = [250, 500, 1000, 2000].map(milliseconds)
  readonly #clock: Clock

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock
  }

  dial(endpoint: Endpoint, { timeout, budget, opened }: DialOptions): Dialling {
    let giveUp = (): void => undefined
    const stream = new Promise<ByteStream>((resolve, reject) => {
      let pending = true
      const end = (error: Error): void => {
        pending = false
        alarm.cancel()
        close()
        reject(error)
      }
      // Where the loop was held up, alarms ring before it is seen what has come meanwhile: that has one more turn.
      const late = (): void => {
        if (pending) end(timedOut(endpoint, timeout))
      }
      const alarm = this.#clock.after(timeout, () => void setImmediate(late))
      const close = connect(endpoint, {
        budget,
        opened,
        connected: connection => {
          pending = false
          alarm.cancel()
          resolve(connection)
        },
        failed: code => end(refused(endpoint, code)),
      })
      giveUp = () => end(givenUp(endpoint))
    })
    return { stream, giveUp }
  }
}

const coded = (code: string, message: string): Error => Object.assign(new Error(message), { code })

const refused = (endpoint: Endpoint, code: string): Error =>
  coded(code, `connect ${code} ${endpointText(endpoint)}`)

const timedOut = (endpoint: Endpoint, timeout: number): Error =>
  coded('ETIMEDOUT', `${endpointText(endpoint)} did not answer within ${timeout} ms`)

const givenUp = (endpoint: Endpoint): Error =>
  coded('ABORT_ERR', `no longer dialling ${endpointText(endpoint)}`)
