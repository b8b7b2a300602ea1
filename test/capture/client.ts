import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { errorCode } from '../../lib/model/error-text.js'

/**
 * Connects once and resolves with what the server said until it ended, or with the error's code. A connection that
 * is neither made nor refused within a second is `SILENCE`: no SYN is sent again before that.
 */
export const talk = async (host: string, port: number): Promise<string> => {
  const socket = connect({ host, port })
  const silence = new Error('silence')
  const timer = setTimeout(() => socket.destroy(silence), 900)
  try {
    await once(socket, 'connect')
    socket.end()
    return await text(socket)
  } catch (error) {
    return error === silence ? 'SILENCE' : (errorCode(error) ?? String(error))
  } finally {
    clearTimeout(timer)
    socket.destroy()
  }
}

// As a program: `client.js HOST PORT` talks once; with COUNT, at least that often and until standard
// input ends. Prints how often each answer was heard.
const [host, port, count] = process.argv.slice(2)
if (process.argv[1] === import.meta.filename && host) {
  const answers = new Map<string, number>()
  const note = async (): Promise<void> => {
    const answer = await talk(host, Number(port))
    answers.set(answer, (answers.get(answer) ?? 0) + 1)
  }
  let ended = count === undefined
  if (!ended) process.stdin.on('end', () => (ended = true)).resume()
  let talks = 0
  const loop = async (): Promise<void> => {
    do await note()
    while (++talks < Number(count ?? 0) || !ended)
  }
  await Promise.all(Array.from({ length: count === undefined ? 1 : 4 }, loop))
  for (const [answer, times] of answers) process.stdout.write(`${times} ${answer}\n`)
}
