import { once } from 'node:events'
import type { Socket } from 'node:net'
import t, { type Test } from 'tap'
import { isOf, type PortalProcess } from '../../../examples/demo/portal-process.js'
import { connectFromNode } from '../../../examples/demo/request.js'
import { errorCode } from '../../../lib/model/error-text.js'
import { startStopStage } from '../../faults-stop/stage.js'
import { onEachBackend } from '../../services/each-backend.js'
import { saw } from '../saw.js'

const connections = 200
/** In milliseconds. */
const drain = 5000
const promised = drain + 1000

const chunk = Buffer.alloc(16_384, 'bytes that come back as they went, ')

interface Streamed {
  readonly bytes: number
  readonly intact: boolean
  /** Undefined: it was ended by us. */
  readonly how: string | undefined
  readonly endedAt: number
}

/** Sends a chunk after the other, each when the one before is back, until `over`, or until that is not possible any more. */
const stream = async (socket: Socket, over: () => boolean): Promise<Streamed> => {
  let bytes = 0
  let intact = true
  let how: string | undefined
  socket.write(chunk)
  try {
    for await (const piece of socket) {
      if (!Buffer.isBuffer(piece)) continue
      const at = bytes % chunk.length
      const expected = Buffer.concat([chunk, chunk]).subarray(at, at + piece.length)
      intact &&= piece.equals(expected)
      bytes += piece.length
      if (bytes % chunk.length !== 0) continue
      if (over()) break
      socket.write(chunk)
    }
  } catch (error) {
    how = errorCode(error) ?? String(error)
  }
  socket.destroy()
  return { bytes, intact, how, endedAt: performance.now() }
}

const time = async (portal: PortalProcess): Promise<{ readonly code: number; readonly took: number }> => {
  const began = performance.now()
  return { code: await portal.stop(), took: Math.round(performance.now() - began) }
}

await onEachBackend(import.meta.url, async backend => {
  const it = await startStopStage(backend)
  const start = (): Promise<PortalProcess> => it.serving(['--drain-timeout', `${drain}ms`])

  const row = (
    t: Test,
    what: string,
    { code, took }: { readonly code: number; readonly took: number },
  ): void =>
    saw(t, {
      fault: `stop${what} (${backend})`,
      promise: 'done within drain timeout + 1 s',
      seen: `${took} ms with a drain timeout of ${drain} ms, code ${code}`,
      kept: took <= promised,
    })

  t.test('a stop with 200 connections that stream', async t => {
    const portal = await start()
    const sockets = await Promise.all(Array.from({ length: connections }, () => connectFromNode(it.web)))
    let drained = false
    // Every other one ends by itself while it is drained, the others go on until they are reset.
    const streams = sockets.map((socket, index) => stream(socket, () => drained && index % 2 === 0))
    const from = portal.now()
    const began = performance.now()
    const stopping = time(portal)
    await portal.event('listeners to close', isOf('closed'), from)
    await new Promise(resolve => setTimeout(resolve, drain / 2))
    drained = true
    const ended = await Promise.all(streams)
    row(t, `, ${connections} streams`, await stopping)
    const early = ended.filter(({ how, endedAt }) => how !== undefined && endedAt - began < drain - 50)
    const torn = ended.filter(({ intact }) => !intact).length
    const [one] = early
    const first = one
      ? ` (${one.how ?? ''} after ${one.bytes} bytes, ${Math.round(one.endedAt - began)} ms)`
      : ''
    const megabytes = Math.round(ended.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6)
    saw(t, {
      fault: `stop, ${connections} streams (${backend})`,
      promise: 'open connections go on until the drain timeout, bytes intact',
      seen: `${early.length} ended early${first}, ${torn} torn, of ${connections}; ${megabytes} MB`,
      kept: early.length === 0 && torn === 0 && megabytes > 0,
    })
    t.notOk(await it.isLeftBehind())
  })

  t.test('a stop while iptables hangs', async t => {
    const portal = await start()
    const reset = once(await connectFromNode(it.web), 'error')
    it.iptables.hang()
    row(t, ' while iptables hangs', await time(portal))
    await reset
    t.ok(await it.cleanedUp())
  })
})
