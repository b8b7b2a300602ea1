import type { Answer, GetOptions, Transport } from '../../lib/watch/transport.js'

/** What a scripted server answers to one request: a body, then its end, an error, or silence. */
export interface Script {
  readonly status?: number
  readonly retryAfter?: string
  readonly body?: string | readonly string[]
  readonly end?: 'well' | 'open' | Error
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const abort = (): void => {
      reject(new Error('given up'))
    }
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort)
  })

async function* bodyOf({ body = '', end = 'well' }: Script, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for (const chunk of typeof body === 'string' ? [body] : body) yield Buffer.from(chunk)
  if (end === 'open') await aborted(signal)
  if (end instanceof Error) throw end
}

/** Answers each request with the next script, and keeps what was asked. After the last it never answers. */
export class ScriptedTransport implements Transport {
  readonly watchSeconds: readonly [number, number] = [300, 600]
  readonly asked: string[] = []
  readonly #scripts: (Script | Error)[]
  readonly #idle: () => void

  /** Calls `idle` when a request finds no script left. */
  constructor(scripts: readonly (Script | Error)[], idle: () => void = () => undefined) {
    this.#scripts = [...scripts]
    this.#idle = idle
  }

  async get(path: string, { signal }: GetOptions): Promise<Answer> {
    this.asked.push(path)
    const script = this.#scripts.shift()
    if (script instanceof Error) throw script
    if (!script) {
      this.#idle()
      return aborted(signal)
    }
    return { status: script.status ?? 200, retryAfter: script.retryAfter, body: bodyOf(script, signal) }
  }

  close(): void {
    this.#scripts.length = 0
  }
}
