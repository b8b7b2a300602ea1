import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { errorCode } from '../../lib/model/error-text.js'
import { talk } from './client.js'

/** What a connected UDP client hears to one datagram: the answer, the error's code, or `SILENCE` after a while. */
const askUdp = async (host: string, port: number): Promise<string> => {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  try {
    socket.connect(port, host)
    await once(socket, 'connect')
    const answer = once(socket, 'message', { signal: AbortSignal.timeout(900) })
    // A refusal on the node itself fails the call, too; the error that follows says why.
    socket.send('hello', () => undefined)
    return String((await answer)[0])
  } catch (error) {
    const code = errorCode(error) ?? String(error)
    return code === 'ABORT_ERR' ? 'SILENCE' : code
  } finally {
    socket.close()
  }
}

/** What a client here hears from each of `targets`, `tcp 10.96.0.10 80`, asked all at once. */
const ask = (targets: readonly string[]): Promise<string[]> =>
  Promise.all(
    targets.map(target => {
      const [protocol, host = '', port] = target.split(' ')
      return protocol === 'udp' ? askUdp(host, Number(port)) : talk(host, Number(port))
    }),
  )

/** The same from a client that `prefix` starts elsewhere; in this process without one. In one line. */
export const heard = async (prefix: readonly string[], ...targets: readonly string[]): Promise<string> => {
  const [program, ...args] = prefix
  if (program === undefined) return (await ask(targets)).join(' ')
  const client = spawn(program, [...args, process.execPath, import.meta.filename, ...targets])
  client.stderr.pipe(process.stderr)
  return (await text(client.stdout)).trim()
}

if (process.argv[1] === import.meta.filename)
  process.stdout.write((await ask(process.argv.slice(2))).join(' '))
