import { realClock } from '../../lib/cli/real-clock.js'
import { createCertificates } from '../../lib/sandbox/api/certificates.js'
import type { Tokens } from '../../lib/sandbox/api/serve/authorization.js'
import { createHandler } from '../../lib/sandbox/api/serve/handler.js'
import { type ApiServer, startApiServer, type Upgrade } from '../../lib/sandbox/api/serve/server.js'
import type { Store } from '../../lib/sandbox/api/store/store.js'

export interface PublishedApiOptions {
  readonly objects: Store
  /** Who is who, and may do what. */
  readonly tokens: Tokens
  readonly upgrade?: Upgrade
}

const names = ['kind-control-plane', 'kubernetes', 'localhost', '127.0.0.1', '172.18.0.2', '10.96.0.1']

/**
 * The cluster's API server as the laptop sees it: at a port of 127.0.0.1 that Docker chose, and nowhere else. At the node's
 * own address, which is the endpoint of default/kubernetes, it is refused.
 */
export class PublishedApi {
  readonly #start: (port: number) => Promise<ApiServer>
  readonly url: string
  /** What clients have to trust, as PEM. */
  readonly ca: string
  #server: ApiServer | undefined

  private constructor(start: (port: number) => Promise<ApiServer>, server: ApiServer) {
    this.#start = start
    this.#server = server
    this.url = server.url
    this.ca = server.ca ?? ''
  }

  static async open({ objects, tokens, upgrade }: PublishedApiOptions): Promise<PublishedApi> {
    const certificates = await createCertificates(names, new Date())
    const handler = createHandler({ store: objects, clock: realClock, now: () => new Date(), tokens })
    const start = (port: number): Promise<ApiServer> =>
      startApiServer({ handler, certificates, host: '127.0.0.1', port, ...(upgrade && { upgrade }) })
    return new PublishedApi(start, await start(0))
  }

  /** Ends every connection; new ones are refused. */
  async stop(): Promise<void> {
    await this.#server?.close()
    this.#server = undefined
  }

  /** Serves again, at the same port. */
  async start(): Promise<void> {
    this.#server ??= await this.#start(Number(new URL(this.url).port))
  }
}
