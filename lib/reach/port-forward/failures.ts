import { type Endpoint, endpointText } from '../../model/endpoint.js'
import { errorCode, errorText } from '../../model/error-text.js'
import type { Milliseconds } from '../../model/milliseconds.js'
import { podText } from '../../model/pod-name.js'
import type { PodPort } from './web-socket.js'

/** Why a port-forward failed; beside these there are the system's own (`ECONNREFUSED`, `ETIMEDOUT`). */
export type ForwardCode =
  /** There is no such Pod. */
  | 'ENOPOD'
  | 'FORBIDDEN'
  | 'UNAUTHORIZED'
  /** The API server answered something else. */
  | 'EANSWER'
  /** The kubelet cannot connect to the Pod. */
  | 'EFORWARD'

type SystemCode = 'ECONNREFUSED' | 'ECONNRESET' | 'ETIMEDOUT' | 'ABORT_ERR'

/** A failure to connect. */
export class ForwardFailure extends Error {
  readonly code: ForwardCode | SystemCode
  /** What the API server itself said, where it answered. */
  readonly said: string

  constructor(code: ForwardCode | SystemCode, message: string, { said = '' } = {}) {
    super(message)
    this.name = 'ForwardFailure'
    this.code = code
    this.said = said
  }
}

export const noPod = (endpoint: Endpoint): ForwardFailure =>
  new ForwardFailure('ENOPOD', `${endpointText(endpoint)} is no Pod, and a port-forward reaches only Pods`)

export const timedOut = (target: PodPort, timeout: Milliseconds): ForwardFailure =>
  new ForwardFailure('ETIMEDOUT', `no port-forward to ${podText(target)} within ${timeout} ms`)

export const givenUp = (target: PodPort): ForwardFailure =>
  new ForwardFailure('ABORT_ERR', `no longer forwarding to ${podText(target)}`)

export const lost = (target: PodPort): ForwardFailure =>
  new ForwardFailure('ECONNRESET', `the API server ended the port-forward to ${podText(target)}`)

/** A request that found no API server: its code is the system's. */
export const unreachable = (error: Error): Error =>
  Object.assign(new Error(`cannot reach the API server: ${errorText(error)}`, { cause: error }), {
    code: errorCode(error),
  })

const messageIn = (body: string): string => {
  try {
    const status: unknown = JSON.parse(body)
    const message: unknown = status instanceof Object && 'message' in status ? status.message : undefined
    if (typeof message === 'string') return message
  } catch {
    // Not from an API server.
  }
  return body.trim().slice(0, 200)
}

/** An answer that is no upgrade. */
export const refused = (target: PodPort, { code, body }: { code: number; body: string }): ForwardFailure => {
  const said = messageIn(body)
  const reason = said === '' ? '' : `: ${said}`
  const { namespace } = target
  switch (code) {
    case 401:
      return new ForwardFailure('UNAUTHORIZED', `the API server does not accept our credentials${reason}`, {
        said,
      })
    case 403:
      return new ForwardFailure(
        'FORBIDDEN',
        `port-forwards in namespace ${namespace} take the verbs get and create on pods/portforward${reason}`,
        { said },
      )
    case 404:
      return new ForwardFailure('ENOPOD', `there is no Pod ${podText(target)}${reason}`, { said })
    default:
      return new ForwardFailure(
        'EANSWER',
        `the API server answered ${code} to a port-forward to ${podText(target)}${reason}` +
          (code < 400 ? ': something on the way does not let WebSockets through' : ''),
        { said },
      )
  }
}

/** The kubelet's way of beginning. */
const preamble = /^error forwarding port \d+ to pod \S+, uid \S*: /

/** What the kubelet says when it could not connect to the Pod. */
export const notForwarded = (target: PodPort, reason: string): ForwardFailure => {
  const { port } = target
  if (/connection refused/i.test(reason))
    return new ForwardFailure(
      'ECONNREFUSED',
      `${podText(target)} refuses port ${port} on its own loopback address, where port-forwards arrive`,
      { said: reason },
    )
  const words = reason
    .replace(preamble, '')
    // Sandboxes have names that nobody knows.
    .replaceAll(/"?\b[\da-f]{64}\b"?/g, 'of the Pod')
    .trim()
  return new ForwardFailure('EFORWARD', `the kubelet cannot connect to ${podText(target)}: ${words}`, {
    said: reason,
  })
}
