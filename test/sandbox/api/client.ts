import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2'
import { createInterface } from 'node:readline'
import type { ApiServer } from '../../../lib/sandbox/api/serve/server.js'

export interface Reply {
  readonly code: number
  readonly body: unknown
}

interface Sent {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Asks over one HTTP/2 connection. */
export class Client {
  readonly #session: ClientHttp2Session

  constructor({ url, ca }: ApiServer) {
    this.#session = connect(url, ca === undefined ? {} : { ca })
    this.#session.on('error', () => undefined)
  }

  async ask(method: string, path: string, { body, headers = {} }: Sent = {}): Promise<Reply> {
    const stream = this.#session.request(
      {
        ':method': method,
        ':path': path,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      { endStream: body === undefined },
    )
    const code = new Promise<number>((resolve, reject) => {
      stream.once('response', (reply: IncomingHttpHeaders & { ':status'?: number }) =>
        resolve(reply[':status'] ?? 0),
      )
      stream.once('error', reject)
    })
    if (body !== undefined) stream.end(JSON.stringify(body))
    let text = ''
    for await (const chunk of stream.setEncoding('utf8')) text += String(chunk)
    const parsed: unknown = text === '' ? undefined : JSON.parse(text)
    return { code: await code, body: parsed }
  }

  /** The lines of a watch, as they come, until the server ends it or the loop is left. */
  async *watch(path: string): AsyncGenerator {
    const stream = this.#session.request({ ':path': path })
    try {
      for await (const line of createInterface({ input: stream })) yield JSON.parse(line)
    } finally {
      stream.close()
    }
  }

  close(): void {
    this.#session.destroy()
  }
}
