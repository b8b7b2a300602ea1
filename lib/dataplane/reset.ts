import type { EndpointStream } from '../reach/reach.js'

/**
 * Ends `stream` at once; its peer sees a reset. When our FIN is just on its way, which takes one turn of the
 * loop, the reset follows it: in between libuv refuses (EINVAL) and Node leaks the socket, its peer sees a clean end.
 */
export const reset = (stream: EndpointStream): void => {
  if (stream.destroyed) return
  const sendingFin = stream.writableEnded && stream.writableLength === 0 && !stream.writableFinished
  if (sendingFin) stream.once('finish', () => stream.resetAndDestroy())
  else stream.resetAndDestroy()
}
