// Loaded into kube-portal's process before its own code (`--import`), so that a soak can ask what the process holds. It
// answers each message with a `Held`, after a garbage collection (`--expose-gc`).
import { createHook } from 'node:async_hooks'
import type { Held } from './held.js'

// getActiveResourcesInfo() leaves out timers that do not keep the process alive, which are those that leak unseen.
const timers = new Set<number>()
createHook({
  init: (id, type) => {
    if (type === 'Timeout') timers.add(id)
  },
  destroy: id => void timers.delete(id),
}).enable()

const held = (): Held => {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  const resources = process.getActiveResourcesInfo()
  const count = (type: string): number => resources.filter(each => each === type).length
  return {
    timers: timers.size,
    tcpSockets: count('TCPSocketWrap'),
    udpSockets: count('UDPWrap'),
    heap: heapUsed + external,
  }
}

process.on('message', () => process.send?.(held()))
process.channel?.unref()
