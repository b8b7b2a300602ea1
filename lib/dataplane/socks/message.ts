import { type IpAddress, ipAddress } from '../../model/ip-address.js'

/** Where a client of ours wants to go. The port may be 0. */
export type Sought =
  | { readonly kind: 'address'; readonly address: IpAddress; readonly port: number }
  /** As it was sent: it may be anything. */
  | { readonly kind: 'name'; readonly name: string; readonly port: number }

/** What the bytes that a client has sent come to. */
export type Reading =
  /** There are too few of them. */
  | { readonly kind: 'unfinished' }
  /** `answer` is to be sent, and what comes after the first `length` bytes is the request. */
  | { readonly kind: 'greeted'; readonly length: number; readonly answer: Uint8Array }
  /** What comes after the first `length` bytes is for whoever is sought. */
  | { readonly kind: 'asked'; readonly length: number; readonly sought: Sought }
  /** It cannot go on; `answer` is to be sent, and may be empty. */
  | { readonly kind: 'refused'; readonly answer: Uint8Array; readonly reason: string }

/** RFC 1928, section 6. */
const replyCodes = {
  succeeded: 0,
  failed: 1,
  'not allowed': 2,
  'unknown host': 4,
  'connection refused': 5,
  'unknown command': 7,
  'unknown kind of address': 8,
} as const

export type ReplyKind = keyof typeof replyCodes

const version = 5
const withoutAuthentication = 0
const noMethod = 0xff
const connect = 1
const otherCommands: Readonly<Record<number, string>> = { 2: 'BIND', 3: 'UDP ASSOCIATE' }

const unfinished: Reading = { kind: 'unfinished' }

/** Our answer to a request. What it says of our own end is 0.0.0.0:0: that is no business of a client's. */
export const reply = (kind: ReplyKind): Uint8Array =>
  Uint8Array.of(version, replyCodes[kind], 0, 1, 0, 0, 0, 0, 0, 0)

/** The destination as people write it. What a client has sent is quoted where it is no name. */
export const soughtText = (sought: Sought): string => {
  if (sought.kind === 'name') {
    const isPlain = /^[-.\w]+$/.test(sought.name)
    return `${isPlain ? sought.name : JSON.stringify(sought.name)}:${sought.port}`
  }
  const { address, port } = sought
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/**
 * Reads the first message of a client (RFC 1928, section 3). Those who speak something else are told so in their own words; `here`
 * is where they have come to.
 */
export const readGreeting = (bytes: Buffer, here: string): Reading => {
  const [first, count] = bytes
  if (first === undefined) return unfinished
  if (first !== version) return otherProtocol(first, here)
  if (count === undefined || bytes.length < 2 + count) return unfinished
  const length = 2 + count
  if (bytes.subarray(2, length).includes(withoutAuthentication))
    return { kind: 'greeted', length, answer: Uint8Array.of(version, withoutAuthentication) }
  return {
    kind: 'refused',
    answer: Uint8Array.of(version, noMethod),
    reason: 'it insists on a user name, and there is none here',
  }
}

/** Reads what a client asks for (RFC 1928, section 4). */
export const readRequest = (bytes: Buffer): Reading => {
  const [spoken, command, , kind] = bytes
  if (spoken !== undefined && spoken !== version)
    return { kind: 'refused', answer: reply('failed'), reason: 'its request makes no sense' }
  if (command !== undefined && command !== connect)
    return {
      kind: 'refused',
      answer: reply('unknown command'),
      reason: `it asks for ${otherCommands[command] ?? `command ${command}`}, and there is only CONNECT, for TCP`,
    }
  if (kind === undefined) return unfinished
  switch (kind) {
    case 1:
      return addressed(bytes, 8, () => bytes.subarray(4, 8).join('.'))
    case 4:
      return addressed(bytes, 20, () =>
        bytes
          .subarray(4, 20)
          .toString('hex')
          .replace(/.{4}(?=.)/g, '$&:'),
      )
    case 3:
      return named(bytes)
    default:
      return {
        kind: 'refused',
        answer: reply('unknown kind of address'),
        reason: `it writes its destination in a way that there is not: ${kind}`,
      }
  }
}

/** A request for an address, whose port is at `portAt`. */
const addressed = (bytes: Buffer, portAt: number, text: () => string): Reading =>
  bytes.length < portAt + 2
    ? unfinished
    : {
        kind: 'asked',
        length: portAt + 2,
        sought: { kind: 'address', address: ipAddress(text()), port: bytes.readUInt16BE(portAt) },
      }

const named = (bytes: Buffer): Reading => {
  const [, , , , size] = bytes
  if (size === undefined || bytes.length < 5 + size + 2) return unfinished
  const name = bytes.toString('latin1', 5, 5 + size)
  const port = bytes.readUInt16BE(5 + size)
  return {
    kind: 'asked',
    length: 5 + size + 2,
    sought: addressIn(name, port) ?? { kind: 'name', name, port },
  }
}

/** Many clients send an address as a name. */
const addressIn = (name: string, port: number): Sought | undefined => {
  try {
    return { kind: 'address', address: ipAddress(name), port }
  } catch {
    return undefined
  }
}

const nothing = new Uint8Array()

const otherProtocol = (first: number, here: string): Reading => {
  if (first === 4)
    return {
      kind: 'refused',
      answer: Uint8Array.of(0, 0x5b, 0, 0, 0, 0, 0, 0),
      reason: `it speaks SOCKS4; what to do: have it use socks5h://${here}`,
    }
  // A method of HTTP is written in capitals.
  if (first >= 0x41 && first <= 0x5a)
    return {
      kind: 'refused',
      answer: httpAnswer(here),
      reason: `it speaks HTTP; what to do: have it use socks5h://${here} as its proxy, not http://`,
    }
  const what = first === 0x16 ? 'TLS' : 'something else'
  return { kind: 'refused', answer: nothing, reason: `it speaks ${what}, and not SOCKS5` }
}

const httpAnswer = (here: string): Uint8Array => {
  const body = `kube-portal: this is a SOCKS5 port, no web server and no HTTP proxy.\nTry: curl --proxy socks5h://${here} http://SERVICE.NAMESPACE\n`
  const head = `content-type: text/plain; charset=utf-8\r\ncontent-length: ${body.length}\r\nconnection: close`
  return Buffer.from(`HTTP/1.1 400 This is a SOCKS5 port\r\n${head}\r\n\r\n${body}`)
}
