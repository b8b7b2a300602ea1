import { type IncomingMessage, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Clock } from '../model/clock.js'
import { seconds } from '../model/milliseconds.js'
import { ApiError } from './api-error.js'
import { bodyOf, lost, Patience, type PatienceOptions, silentAfter } from './answer-body.js'
import type { Credentials } from './credentials.js'
import type { Answer, GetOptions } from './transport.js'

const connectTimeout = seconds(10)

/** Patience with a server that does not accept a connection. */
export const connectWithin = (options: Pick<PatienceOptions, 'signal' | 'clock'>): PatienceOptions => ({
  ...{ ...options, quiet: connectTimeout },
  late: () => new ApiError('unreachable', `no connection within ${connectTimeout / 1000} s`),
})

const answerIn = (response: IncomingMessage, patience: Patience): Answer => ({
  status: response.statusCode ?? 0,
  retryAfter: response.headers['retry-after'],
  body: bodyOf(response, {
    patience,
    check: () => {
      if (!response.complete) throw new ApiError('unreachable', 'the connection was lost')
    },
    leave: () => response.destroy(),
  }),
})

/** Sends a GET over HTTP/1.1, on a connection of its own. Rejects with an `ApiError`. */
export const getHttp1 = (
  url: URL,
  { headers, tls, agent }: Credentials,
  { signal, quiet, clock }: GetOptions & { readonly clock: Clock },
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const send = url.protocol === 'http:' ? httpRequest : httpsRequest
    const request = send(url, { ...tls, headers: { accept: 'application/json', ...headers }, agent })
    const connecting = new Patience(connectWithin({ signal, clock }), why => request.destroy(why))
    let answer: IncomingMessage | undefined
    const patience = new Patience(silentAfter({ signal, quiet }, clock), why =>
      (answer ?? request).destroy(why),
    )
    // Everything was written, so there is a connection: through a proxy and with TLS too.
    request.on('finish', () => {
      connecting.over()
    })
    request.on('response', response => {
      answer = response
      patience.heard()
      resolve(answerIn(response, patience))
    })
    request.on('error', error => {
      connecting.over()
      patience.over()
      reject(lost(error))
    })
    request.end()
  })
