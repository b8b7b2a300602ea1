import type { Socket as UdpSocket } from 'node:dgram'
import type { Socket } from 'node:net'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { errorCode } from '../../lib/model/error-text.js'

/** How a client opens its sockets. */
export interface Origin {
  connect(to: Endpoint): Promise<Socket>
  /** A UDP socket with an address of the client's, good for asking `to`. */
  bind(to: Endpoint): Promise<UdpSocket>
}

// An ICMP error that comes while connect() is still at it is forgotten, and comes again with the second SYN, after 1 s.
/** Longer than any refusal takes; who has not answered by then is not going to. */
const patience = 2000

/** What `answer` says, the code of its failure, or `SILENCE` when there is neither in time. */
const withinReason = async (answer: Promise<string>): Promise<string> => {
  let bound: NodeJS.Timeout | undefined
  const silence = new Promise<string>(resolve => {
    bound = setTimeout(() => resolve('SILENCE'), patience)
  })
  const said = answer.catch((error: unknown) => errorCode(error) ?? String(error))
  try {
    return await Promise.race([said, silence])
  } finally {
    clearTimeout(bound)
  }
}

const answerOf = (socket: Socket, question: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = ''
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text))
    socket.on('error', reject).on('close', () => resolve(answer.trim()))
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
    const opening = this.#origin.connect(to)
    let opened: Socket | undefined
    const asking = opening.then(socket => answerOf((opened = socket), question))
    try {
      return await withinReason(asking)
    } finally {
      opened?.destroy()
      // What opens after all, later, is nobody's.
      void opening.then(socket => socket.destroy()).catch(() => undefined)
    }
  }

  /** The same with one datagram, from a port that nobody has used before. */
  async udp(to: Endpoint, question = 'hostname'): Promise<string> {
    const socket = await this.#origin.bind(to)
    const answer = new Promise<string>((resolve, reject) => {
      socket.on('message', message => resolve(message.toString().trim())).on('error', reject)
      // A refusal on the node itself fails the call, too, with EPERM; the error that follows says why.
      socket.connect(to.port, to.address, () => socket.send(question, () => undefined))
    })
    try {
      return await withinReason(answer)
    } finally {
      socket.close()
    }
  }

  /** Who answered, for each of `count` connections, one after the other. */
  async inTurn(to: Endpoint, count: number): Promise<readonly string[]> {
    const names: string[] = []
    for (let turn = 0; turn < count; turn++) names.push(await this.tcp(to))
    return names
  }
}
