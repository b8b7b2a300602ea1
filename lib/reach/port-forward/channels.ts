/** Who is told what a kubelet sends. */
export interface ChannelReceiver {
  /** Both channels are there: the kubelet now connects to the pod. */
  begun(): void
  /** `bytes` of the pod's. */
  read(bytes: Uint8Array): void
  /** The kubelet cannot connect to the pod, or has lost it. */
  failed(reason: string): void
}

const data = 0
const error = 1

/**
 * What is in the frames of a port-forward (`v4.channel.k8s.io`): each begins with the number of its channel, of which we have
 * two, and each channel with the port in two bytes, which nobody needs. Frames may be cut anywhere; other channels are left out.
 * See kubernetes, `pkg/kubelet/cri/streaming/portforward/websocket.go`.
 */
export class Channels {
  readonly #receiver: ChannelReceiver
  /** How many bytes of the port have not come yet, on either channel. */
  readonly #missing: [number, number] = [2, 2]

  constructor(receiver: ChannelReceiver) {
    this.#receiver = receiver
  }

  read(frame: Uint8Array): void {
    const channel = frame[0]
    if (channel !== data && channel !== error) return
    const rest = this.#withoutPort(channel, frame.subarray(1))
    if (rest.length === 0) return
    if (channel === data) this.#receiver.read(rest)
    else this.#receiver.failed(Buffer.from(rest).toString())
  }

  #withoutPort(channel: 0 | 1, bytes: Uint8Array): Uint8Array {
    const missing = this.#missing[channel]
    if (missing === 0) return bytes
    this.#missing[channel] = Math.max(0, missing - bytes.length)
    if (this.#missing[0] + this.#missing[1] === 0) this.#receiver.begun()
    return bytes.subarray(missing)
  }
}

/** The frame that carries `bytes` to the pod. */
export const frameOf = (bytes: Uint8Array): Uint8Array => {
  const frame = Buffer.allocUnsafe(bytes.length + 1)
  frame[0] = data
  frame.set(bytes, 1)
  return frame
}
