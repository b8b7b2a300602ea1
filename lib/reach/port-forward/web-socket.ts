import type { IncomingMessage } from 'node:http'
import type { RequestOptions } from 'node:https'
import type { ConnectionOptions } from 'node:tls'
import { type ClientOptions, WebSocket } from 'ws'
import type { PodName } from '../../model/pod-name.js'
import type { Port } from '../../model/port.js'

/** An API server, and what makes a request to it ours. */
export interface ForwardingServer {
  /** May have a path, where it is one of many behind one address. */
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly tls: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>
  /** For HTTP/1.1. */
  readonly agent: RequestOptions['agent']
}

/** Where a port-forward leads. */
export interface PodPort extends PodName {
  readonly port: Port
}

/** What becomes of a request for a WebSocket: one of these is called, once, unless it is ended before. */
export interface Outcome {
  readonly opened: () => void
  /** `answer` is what came instead of an upgrade; whoever is told reads it. */
  readonly refused: (answer: IncomingMessage) => void
  readonly failed: (error: Error) => void
}

const subprotocol = 'v4.channel.k8s.io'

/** What is sent to us comes in frames of 32 KB. */
const longestFrame = 1_048_576

/** In ms: a kubelet closes its connection right after it has closed the WebSocket. */
const closeTimeout = 1000

/**
 * A mask of zeros, where TLS hides the bytes anyway: masks are there so that a browser cannot be made to write what a proxy on
 * the way takes for a request (RFC 6455, 10.3). Others cost a second copy of all that is sent.
 */
const noMask = (mask: Buffer): void => void mask.fill(0)

const urlOf = (server: URL, { namespace, name, port }: PodPort): URL => {
  const url = new URL(server)
  const [ofNamespace, ofPod] = [encodeURIComponent(namespace), encodeURIComponent(name)]
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v1/namespaces/${ofNamespace}/pods/${ofPod}/portforward`
  url.search = `?ports=${port}`
  return url
}

/** Asks `server` for a WebSocket to `target`. Ended with `terminate`, at any time. */
export const openWebSocket = (
  { url, headers, tls, agent }: ForwardingServer,
  target: PodPort,
  { opened, refused, failed }: Outcome,
): WebSocket => {
  const options: ClientOptions & { readonly closeTimeout: number } = {
    ...tls,
    headers: { ...headers },
    ...(typeof agent === 'object' && { agent }),
    ...(url.protocol === 'https:' && { generateMask: noMask }),
    perMessageDeflate: false,
    skipUTF8Validation: true,
    maxPayload: longestFrame,
    closeTimeout,
  }
  const webSocket = new WebSocket(urlOf(url, target), subprotocol, options)
  webSocket.once('open', opened)
  webSocket.once('unexpected-response', (_request, answer) => refused(answer))
  // Once it is open, its end is told as well.
  webSocket.on('error', failed)
  return webSocket
}
