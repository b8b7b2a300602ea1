import { EventEmitter } from 'node:events'
import type { HttpRequest, HttpResponse } from '../../lib/sandbox/api/serve/exchange.js'
import type { Fault } from './unruly.js'

/** A `Status` as a server refuses with. */
export const status = (code: number, message: string): string =>
  JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message })

/** Refuses with this code. */
export const refuse =
  (code: number, headers: Readonly<Record<string, string>> = {}): Fault =>
  (_, response) => {
    response.statusCode = code
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    response.write(status(code, `made up for a test: ${code}`))
    response.end()
  }

/** Answers with `text`, whatever was asked, and ends. */
export const text =
  (...pieces: readonly string[]): Fault =>
  (_, response) => {
    response.statusCode = 200
    for (const piece of pieces) response.write(piece)
    response.end()
  }

/** Says that the version is gone: in the stream, as real servers do for a watch. */
export const gone = text(`{"type":"ERROR","object":${status(410, 'too old resource version: 1 (2)')}}\n`)

/** Takes the request, and never says a word. */
export const stall: Fault = () => undefined

const piece = 'x'.repeat(64 * 1024)

/** Begins a line that does not end for as long as somebody listens. */
export const endless: Fault = (_, response) => {
  let over = false
  response.on('close', () => (over = true))
  response.statusCode = 200
  const goOn = (): void => {
    while (!over) if (!response.write(piece)) return
  }
  if (response instanceof EventEmitter) response.on('drain', goOn)
  goOn()
}

const asking = (request: HttpRequest, url: string): HttpRequest => ({
  method: request.method,
  url,
  headers: request.headers,
  [Symbol.asyncIterator]: () => request[Symbol.asyncIterator](),
})

/** Gives lists in pages of `size`, however many objects there may be in one. */
export const pages =
  (size: number): Fault =>
  (request, response, proper) => {
    proper(asking(request, (request.url ?? '').replace(/limit=\d+/, `limit=${size}`)), response)
  }

/** What is written to `response` becomes what `alter` makes of it. */
const through = (response: HttpResponse, alter: (text: string) => readonly string[]): HttpResponse => ({
  get statusCode() {
    return response.statusCode
  },
  set statusCode(code) {
    response.statusCode = code
  },
  get headersSent() {
    return response.headersSent
  },
  setHeader: (name, value) => (name === 'content-length' ? undefined : response.setHeader(name, value)),
  flushHeaders: () => response.flushHeaders?.(),
  write: written => alter(written).every(each => response.write(each)),
  end: () => response.end(),
  on: (event, listener) => response.on(event, listener),
})

/** Sends what it should, but with `alter` between. */
export const altered =
  (alter: (text: string) => readonly string[]): Fault =>
  (request, response, proper) => {
    proper(request, through(response, alter))
  }

/** Sends every second line of a watch before the one that was to come first. */
export const reordered: Fault = (request, response, proper) => {
  let held: string | undefined
  const swap = (line: string): readonly string[] => {
    const former = held
    held = former === undefined ? line : undefined
    return former === undefined ? [] : [line, former]
  }
  proper(request, through(response, swap))
}

/** Sends objects of another kind than those that were asked for. */
export const wrongKinds = altered(written => [
  written.replaceAll(/"kind":"(?:Service|EndpointSlice)(List)?"/g, '"kind":"Pod$1"'),
])

/** Cuts each answer in its middle, and ends as if that were all. */
export const truncated: Fault = (request, response, proper) => {
  proper(
    request,
    through(response, written => {
      setImmediate(() => response.end())
      return [written.slice(0, written.length / 2)]
    }),
  )
}
