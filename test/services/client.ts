import type { Socket } from 'node:net'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { errorCode } from '../../lib/model/error-text.js'
import { milliseconds } from '../../lib/model/milliseconds.js'
import type { Question } from '../../lib/sandbox/pods/ask.js'

/** How a client opens its sockets. */
export interface Origin {
  /** `done` ends it, open or not, as far as it is ours to end. */
  connect(to: Endpoint, done?: AbortSignal): Promise<Socket>
  /** The answer to a datagram. */
  ask(question: Question): Promise<string>
}

// An ICMP error that comes while connect() is still at it is forgotten, and comes again with the second SYN, after 1 s.
/** Longer than any refusal takes; who has not answered by then is not going to. */
const patience = milliseconds(2000)

/** What `answer` says, or how it failed. */
const saidOr = async (answer: Promise<string>): Promise<string> => {
  try {
    return (await answer).trim()
  } catch (error) {
    const code = errorCode(error) ?? String(error)
    return code === 'ETIMEDOUT' ? 'SILENCE' : code
  }
}

const withinReason = async (answer: Promise<string>): Promise<string> => {
  let bound: NodeJS.Timeout | undefined
  const silence = new Promise<string>(resolve => {
    bound = setTimeout(() => resolve('SILENCE'), patience)
  })
  try {
    return await Promise.race([saidOr(answer), silence])
  } finally {
    clearTimeout(bound)
  }
}

const answerOf = (socket: Socket, question: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = ''
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text))
    socket.on('error', reject).on('close', () => resolve(answer))
    socket.end(question)
  })

/** Somebody who speaks to Services, from one place. */
export class Client {
  readonly #origin: Origin

  constructor(origin: Origin) {
    this.#origin = origin
  }

  /** An open connection. Rejects with the system's code (`ECONNREFUSED`). */
  connect(to: Endpoint): Promise<Socket> {
    return this.#origin.connect(to)
  }

  /**
   * What a pod says to `question`: to `hostname` its name, to `clientip` who it thinks we are, else the question
   * itself. Or how we were refused: the system's code, or `SILENCE` after two seconds.
   */
  async tcp(to: Endpoint, question = 'hostname'): Promise<string> {
    const done = new AbortController()
    const opening = this.#origin.connect(to, done.signal)
    try {
      return await withinReason(opening.then(socket => answerOf(socket, question)))
    } finally {
      done.abort()
      // What opens after all, later, is nobody's.
      void opening.then(socket => socket.destroy()).catch(() => undefined)
    }
  }

  /** The same with one datagram, from a port that nobody has used before. */
  udp(to: Endpoint, question = 'hostname'): Promise<string> {
    return saidOr(this.#origin.ask({ to, text: question, patience }))
  }

  /** Who answered, for each of `count` connections, one after the other. */
  async inTurn(to: Endpoint, count: number): Promise<readonly string[]> {
    const names: string[] = []
    for (let turn = 0; turn < count; turn++) names.push(await this.tcp(to))
    return names
  }
}
