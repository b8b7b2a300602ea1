import type { EndpointStream } from '../reach/reach.js'

/** One direction of a connection. */
export interface Flow {
  /** Bytes carried so far. */
  readonly bytes: number
}

/**
 * Carries bytes from one stream to another, no faster than the other takes them, and then the end. Calls `ended`
 * when there is nothing more to come. What else happens to the streams is not its business.
 */
export const flow = (from: EndpointStream, to: EndpointStream, ended: () => void): Flow => {
  const carried = { bytes: 0 }
  from.on('data', (bytes: Buffer) => {
    carried.bytes += bytes.length
    if (!to.write(bytes)) from.pause()
  })
  to.on('drain', () => from.resume())
  const passOnEnd = (): void => {
    provoke(from)
    setImmediate(() => {
      if (!from.errored) to.end()
      ended()
    })
  }
  if (from.readableEnded) passOnEnd()
  else from.once('end', passOnEnd)
  from.resume()
  return carried
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
