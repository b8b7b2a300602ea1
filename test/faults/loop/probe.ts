// Loaded into a process before its own code (`--import`): it tells how long the event loop was held up. Whoever connects to
// `loopSocket` is sent a `LoopDelay`: what happened since the last time somebody did.
import { createServer } from 'node:net'
import { createHistogram, performance } from 'node:perf_hooks'
import { type Lateness, type LoopDelay, loopSocket } from './delay.js'

/** A timer is due so often, in milliseconds. */
const period = 1

const [all, own] = [createHistogram(), createHistogram()]

/** CPU that this process has used, all its threads together: in milliseconds, as all times here. */
const cpu = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const note = (histogram: typeof all, late: number): void => {
  histogram.record(Math.max(1, Math.round(late * 1000)))
}

let before = { at: performance.now(), cpu: cpu() }
setInterval(() => {
  const now = { at: performance.now(), cpu: cpu() }
  const late = now.at - before.at - period
  note(all, late)
  note(own, Math.min(late, now.cpu - before.cpu))
  before = now
}, period).unref()

const seen = (histogram: typeof all): Lateness => ({
  p99: histogram.percentile(99) / 1000,
  max: histogram.max / 1000,
})

const server = createServer(socket => {
  const delay: LoopDelay = { all: seen(all), own: seen(own) }
  all.reset()
  own.reset()
  socket.end(JSON.stringify(delay))
}).listen(loopSocket(process.pid))
server.unref()
