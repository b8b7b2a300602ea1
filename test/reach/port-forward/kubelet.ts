import { createHash } from 'node:crypto'
import type { EventEmitter } from 'node:events'
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'

/** What a port-forward is asked for. */
export interface ForwardTarget {
  readonly namespace: string
  readonly pod: string
  readonly port: number
}

/** What is answered instead of an upgrade: `{ code: 404, reason: 'NotFound', message: 'pods "web-1" not found' }`. */
export interface Refusal {
  readonly code: number
  readonly reason: string
  readonly message: string
}

export interface PortForwarding {
  /** Asked before each upgrade. Absent: everybody is let in everywhere. */
  readonly refuse?: (target: ForwardTarget, request: IncomingMessage) => Refusal | undefined
  /** Connects to the pod, as late as a kubelet does: after the upgrade. Half-open is to be allowed, for who cares. */
  readonly dial: (target: ForwardTarget) => Socket | Promise<Socket>
  /** In ms: how long the other direction may go on when one has ended. Default: 1000, as in containerd. */
  readonly grace?: number
}

/** Those who are connected through a server. */
export interface Forwards {
  readonly open: ReadonlySet<WebSocket>
  /** No longer answers upgrades. Those that are open stay open. */
  close(): void
}

export const subprotocol = 'v4.channel.k8s.io'

const dataChannel = 0
const errorChannel = 1

/** What containerd copies at a time. */
const longestFrame = 32_768

const path = /\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/portforward$/

const targetOf = (request: IncomingMessage): ForwardTarget | Refusal | undefined => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  const [, namespace, pod] = path.exec(pathname) ?? []
  if (namespace === undefined || pod === undefined) return undefined
  const written = searchParams.get('ports')
  const port = Number(written)
  const wrong = (message: string): Refusal => ({ code: 400, reason: 'BadRequest', message })
  if (written === null) return wrong('query parameter "port" is required')
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    return wrong(`unable to parse ${JSON.stringify(written)} as a port`)
  return { namespace: decodeURIComponent(namespace), pod: decodeURIComponent(pod), port }
}

const answer = (socket: Socket, { code, reason, message }: Refusal): void => {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code }
  const body = JSON.stringify(status)
  const head = [
    `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}`,
    ...['Content-Type: application/json', 'Connection: close', `Content-Length: ${Buffer.byteLength(body)}`],
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/**
 * Answers the WebSocket requests for `pods/portforward` that come to `server`, which may be one of `http`, `https` or
 * `http2` with HTTP/1.1 allowed, as an API server and the kubelet behind it do: frame by frame, in the words of containerd.
 */
export const servePortForwards = (server: EventEmitter, forwarding: PortForwarding): Forwards => {
  const webSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    handleProtocols: offered => (offered.has(subprotocol) ? subprotocol : false),
  })
  const upgrade = (request: IncomingMessage, socket: Socket, head: Buffer): void => {
    socket.on('error', () => undefined)
    const target = targetOf(request)
    if (target === undefined) {
      answer(socket, {
        ...{ code: 404, reason: 'NotFound' },
        message: 'the server could not find the requested resource',
      })
      return
    }
    const refusal = 'code' in target ? target : forwarding.refuse?.(target, request)
    if (refusal) answer(socket, refusal)
    else if (!('code' in target))
      webSockets.handleUpgrade(request, socket, head, webSocket => {
        void forward({ webSocket, socket, target }, forwarding)
      })
  }
  server.on('upgrade', upgrade)
  return { open: webSockets.clients, close: () => void server.off('upgrade', upgrade) }
}

interface Accepted {
  readonly webSocket: WebSocket
  /** What it is built upon. */
  readonly socket: Socket
  readonly target: ForwardTarget
}

const forward = async (accepted: Accepted, { dial, grace = 1000 }: PortForwarding): Promise<void> => {
  const { webSocket, target } = accepted
  const number = Buffer.from([target.port & 0xff, target.port >> 8])
  webSocket.on('error', () => undefined)
  send(webSocket, dataChannel, number)
  send(webSocket, errorChannel, number)
  const early: RawData[] = []
  const keep = (message: RawData): void => {
    early.push(message)
    webSocket.pause()
  }
  webSocket.on('message', keep)
  try {
    const pod = await dial(target)
    if (pod.connecting) await connected(pod)
    webSocket.off('message', keep)
    const over = carry(webSocket, pod, grace)
    for (const message of early) webSocket.emit('message', message)
    await over
  } catch (error) {
    send(webSocket, errorChannel, Buffer.from(failureText(target, error)))
  }
  webSocket.resume()
  webSocket.close(1000)
  // Go's library sends that and closes: it does not wait for the other side to agree.
  accepted.socket.destroySoon()
}

const connected = (pod: Socket): Promise<void> =>
  new Promise((resolve, reject) => pod.once('connect', resolve).once('error', reject))

/** Resolves when one direction has ended and the other had its time; rejects when the pod's connection fails. */
const carry = (webSocket: WebSocket, pod: Socket, grace: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const over = (): void => {
      pod.destroySoon()
      resolve()
    }
    const half = (): void => void setTimeout(over, grace).unref()
    pod.on('error', error => {
      pod.destroy()
      reject(error)
    })
    pod.on('end', half)
    webSocket.on('close', half)
    // A closed one tells nobody any more.
    if (webSocket.readyState === webSocket.CLOSED) half()
    pod.on('data', (bytes: Buffer) => {
      for (let from = 0; from < bytes.length; from += longestFrame)
        send(webSocket, dataChannel, bytes.subarray(from, from + longestFrame), () => {
          if (webSocket.bufferedAmount < longestFrame) pod.resume()
        })
      if (webSocket.bufferedAmount >= longestFrame) pod.pause()
    })
    // One loop reads everything, pings too: it stands still while the pod takes nothing.
    webSocket.on('message', (message: RawData) => {
      const frame = bytesOf(message)
      if (frame[0] === dataChannel && pod.writable && !pod.write(frame.subarray(1))) webSocket.pause()
    })
    pod.on('drain', () => webSocket.resume())
    webSocket.resume()
  })

const bytesOf = (message: RawData): Buffer =>
  Buffer.isBuffer(message)
    ? message
    : Buffer.concat(Array.isArray(message) ? message : [Buffer.from(message)])

const send = (webSocket: WebSocket, ...[channel, bytes, sent]: Frame): void =>
  webSocket.send(Buffer.concat([Buffer.from([channel]), bytes]), sent)

type Frame = readonly [channel: number, bytes: Uint8Array, sent?: () => void]

const wordsOf: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  ECONNRESET: 'read: connection reset by peer',
  EPIPE: 'write: broken pipe',
  ETIMEDOUT: 'connect: connection timed out',
}

/** As the kubelet and containerd say it of a pod that is there; an error without a code is said as it is. */
const failureText = ({ namespace, pod, port }: ForwardTarget, error: unknown): string => {
  const sandbox = createHash('sha256').update(`${namespace}/${pod}`).digest('hex')
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const words = wordsOf[code] ?? (error instanceof Error ? error.message : String(error))
  const inside = words.startsWith('connect: ')
    ? `failed to connect to localhost:${port} inside namespace "${sandbox}", ` +
      `IPv4: dial tcp4 127.0.0.1:${port}: ${words} IPv6 dial tcp6 [::1]:${port}: ${words} `
    : words
  return (
    `error forwarding port ${port} to pod ${sandbox}, uid : ` +
    (code === ''
      ? inside
      : `failed to execute portforward in network namespace "/var/run/netns/cni-${pod}": ${inside}`)
  )
}
