import type { EndpointStream } from '../reach/reach.js'
import type { Intake } from './intake.js'

/** One direction of a connection. */
export interface Flow {
  readonly from: EndpointStream
  readonly to: EndpointStream
  /** What `from` is read into. */
  readonly intake: Intake
}

/**
 * Carries bytes from one stream to another, no faster than the other takes them, and then the end. Calls `ended`
 * when there is nothing more to come. What else happens to the streams is not its business.
 */
export const carry = ({ from, to, intake }: Flow, ended: () => void): void => {
  const passOnEnd = (): void => {
    provoke(from)
    setImmediate(() => {
      if (!from.errored) to.end()
      ended()
    })
  }
  intake.connect(from, to)
  if (from.readableEnded) passOnEnd()
  else from.once('end', passOnEnd)
}

const nothing = Buffer.alloc(0)

/**
 * Lets a reset that looks like an end show itself, within this turn of the loop. When bytes and a reset arrive
 * together, libuv reads the bytes and then reports an end (uv__stream_io, POLLHUP after a partial read). A write of
 * nothing sends nothing, but fails on a reset socket; a write that is pending fails by itself. Towards a stream that
 * got our end already nothing can be written: there the two cannot be told apart.
 */
const provoke = (stream: EndpointStream): void => {
  if (stream.writable && stream.writableLength === 0) stream.write(nothing)
}
