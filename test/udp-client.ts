import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { isIPv6 } from 'node:net'
import { errorCode } from '../lib/model/error-text.js'

/** What a UDP client wants to talk to, and from where: the address and port of its own, or any. */
export interface UdpTalk {
  readonly host: string
  readonly port: number
  readonly from?: number
  readonly address?: string
}

/** A UDP client with a connected socket, so that it takes answers only from whom it asked. */
export interface UdpClient {
  /** Sends `question` and resolves with the answer, with the error's code, or with `SILENCE` after a second. */
  ask(question?: string): Promise<string>
  close(): void
}

/** A client in this process. */
export const udpClient = async ({ host, port, from = 0, address }: UdpTalk): Promise<UdpClient> => {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  socket.bind(from, address)
  await once(socket, 'listening')
  socket.connect(port, host)
  await once(socket, 'connect')
  let heard: (answer: string) => void = () => undefined
  socket.on('message', message => heard(message.toString()))
  socket.on('error', error => heard(errorCode(error) ?? String(error)))
  return {
    ask: question =>
      new Promise(resolve => {
        const silence = setTimeout(() => heard('SILENCE'), 1000)
        heard = answer => {
          clearTimeout(silence)
          resolve(answer)
        }
        // A refusal on the node itself fails the call, too, with EPERM; the error that follows says why.
        socket.send(question ?? 'hello', () => undefined)
      }),
    close: () => socket.close(),
  }
}

/** The same client, started by `prefix` in another network namespace: `['ip', 'netns', 'exec', 'pod']`. */
export const udpClientIn = (
  prefix: readonly string[],
  { host, port, from = 0, address }: UdpTalk,
): UdpClient => {
  const [program, ...args] = [...prefix, process.execPath, import.meta.filename]
  const own = address === undefined ? [] : [address]
  const { stdin, stdout } = spawn(program, [...args, host, String(port), String(from), ...own], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const answers = createInterface(stdout)
  return {
    ask: async question => {
      const answer = once(answers, 'line', { signal: AbortSignal.timeout(10_000) })
      stdin.write(`${question ?? 'hello'}\n`)
      return String((await answer)[0])
    },
    close: () => stdin.end(),
  }
}

const [host, port, from, address] = process.argv.slice(2)
if (process.argv[1] === import.meta.filename && host) {
  const own = address === undefined ? {} : { address }
  const client = await udpClient({ host, port: Number(port), from: Number(from), ...own })
  for await (const question of createInterface(process.stdin))
    process.stdout.write(`${await client.ask(question)}\n`)
  client.close()
}
