import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readlinkSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { accept } from '../../lib/stream/accept.js'
import { Budget } from '../../lib/stream/budget.js'
import type { ByteStream } from '../../lib/stream/byte-stream.js'

const sockets = (): number =>
  readdirSync('/proc/self/fd').filter(fd => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:')
    } catch {
      return false
    }
  }).length

const listening = async (): Promise<Server> => {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

const portOf = (server: Server): string => {
  const address: AddressInfo | string | null = server.address()
  return typeof address === 'object' && address ? String(address.port) : ''
}

t.test('a reset that comes while an end is on its way leaves no socket open', async t => {
  const servers = [await listening(), await listening()]
  t.teardown(() => servers.forEach(server => server.close()))
  const streams: ByteStream[] = []
  const closed: string[] = []
  let over: () => void = () => undefined
  const done = new Promise<void>(resolve => (over = resolve))
  servers.forEach((server, index) => {
    accept(server, new Budget(0), ({ stream }) => {
      streams[index] = stream
      stream.readTo({
        read: () => true,
        // As a pump does it: the end of one is passed on, and so is a failure.
        ended: () => streams[1 - index]?.end(),
        drained: () => undefined,
        closed: failure => {
          closed.push(`${index} ${failure ?? 'closed'}`)
          streams[1 - index]?.reset()
          if (closed.length === 2) over()
        },
      })
    })
  })
  const before = sockets()
  const file = fileURLToPath(new URL('two-ends-at-once.js', import.meta.url))
  const sign = join(t.testdir(), 'done')
  const args = [file, ...servers.map(portOf), sign]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  while (streams.filter(Boolean).length < 2) await new Promise(setImmediate)
  child.stdin.write('go')
  // Without a turn of the loop: it is to find both at once.
  while (!existsSync(sign));
  await done
  child.kill()
  await once(child, 'close')
  t.equal(sockets(), before)
})
