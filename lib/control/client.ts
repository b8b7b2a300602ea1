import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { errorCode } from '../model/error-text.js'
import { Failure } from '../model/failure.js'

/** Nobody listens there. */
const nobody: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'ECONNREFUSED', 'ENOTSOCK'])

/** We may not ask. */
const forbidden: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM'])

/** Why there is no answer from the socket at `path`. */
const failureOf = (path: string, error: unknown): unknown => {
  const code = errorCode(error)
  if (nobody.has(code))
    return new Failure('not-running', `no kube-portal answers at ${path}`, {
      cause: error,
      cure: 'start it: sudo kube-portal run (with systemd: systemctl start kube-portal); if it runs with --state-dir, give the same folder here',
    })
  if (forbidden.has(code))
    return new Failure('missing', `no right to ask kube-portal at ${path}`, {
      cause: error,
      cure: 'run it with sudo: only root, and the user that kube-portal runs as, may ask it',
    })
  return new Failure('failed', `kube-portal does not answer at ${path}: ${String(code ?? error)}`, {
    cause: error,
    cure: 'try again; if that stays so, see what kube-portal says in its log',
  })
}

/** Whether an instance listens at `path`. */
export const isAnswered = (path: string): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect({ path })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

// Not by readline, whose iterator loses what comes before it is asked for.
async function* linesOf(answer: IncomingMessage): AsyncGenerator<string, void> {
  answer.setEncoding('utf8')
  let begun = ''
  for await (const piece of answer) {
    const lines = `${begun}${String(piece)}`.split('\n')
    begun = lines.pop() ?? ''
    yield* lines
  }
}

/** The values of its lines. One that is killed may leave half a line. */
async function* valuesOf(answer: IncomingMessage): AsyncGenerator<unknown, void> {
  const lines = linesOf(answer)
  for (;;) {
    const next = await lines.next().catch(() => undefined)
    if (!next || next.done) return
    const value: unknown = JSON.parse(next.value)
    yield value
  }
}

export interface AskOptions {
  /** The socket. */
  readonly path: string
  /** Ends it, without a word. */
  readonly signal?: AbortSignal
}

/**
 * Asks the instance at the socket for `what`, `/status`, and gives its lines, until it ends, in whatever way. Rejects with a Failure
 * that says what to do where there is no answer.
 */
export async function* ask(what: string, { path, signal }: AskOptions): AsyncGenerator<unknown, void> {
  let answer: IncomingMessage
  try {
    answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const asking = request({ socketPath: path, path: what, ...(signal && { signal }) }, response => {
        if (response.statusCode === 200) resolve(response)
        else reject(new Error(`it does not know ${what}: it is of another version`))
      })
      asking.on('error', reject)
      asking.end()
    })
  } catch (error) {
    if (signal?.aborted) return
    throw failureOf(path, error)
  }
  yield* valuesOf(answer)
}
