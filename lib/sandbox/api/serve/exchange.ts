import type { IncomingHttpHeaders } from 'node:http'

/** What `http` and `http2` requests have in common. */
export interface HttpRequest extends AsyncIterable<unknown> {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: IncomingHttpHeaders
}

/** What `http` and `http2` responses have in common. */
export interface HttpResponse {
  statusCode: number
  readonly headersSent: boolean
  setHeader(name: string, value: string): unknown
  /** Both have it, though the types of `http2` do not say so. */
  flushHeaders?(): void
  write(text: string): boolean
  end(): unknown
  on(event: 'close', listener: () => void): unknown
}

/** Answers a request. Never throws. */
export type Handler = (request: HttpRequest, response: HttpResponse) => void

/** The first value of a header, or ''. */
export const headerOf = ({ headers }: HttpRequest, name: string): string => {
  const value = headers[name]
  return typeof value === 'string' ? value : (value?.[0] ?? '')
}

export const bodyOf = async (request: HttpRequest): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const sendBody = (response: HttpResponse, text: string): void => {
  response.setHeader('content-length', String(Buffer.byteLength(text)))
  response.write(text)
  response.end()
}

export const sendJson = (response: HttpResponse, code: number, body: unknown): void => {
  response.statusCode = code
  response.setHeader('content-type', 'application/json')
  response.setHeader('cache-control', 'no-cache, private')
  sendBody(response, `${JSON.stringify(body)}\n`)
}

export const sendText = (response: HttpResponse, text: string): void => {
  response.statusCode = 200
  response.setHeader('content-type', 'text/plain; charset=utf-8')
  sendBody(response, text)
}
