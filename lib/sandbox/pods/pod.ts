import type { ServedPod } from './messages.js'
import type { ServedPort } from './pod-port.js'
import { serveTcp } from './tcp-port.js'
import { serveUdp } from './udp-port.js'

/** Serves all ports of a pod on all of its addresses, or rejects and serves none. */
export const servePod = async ({ name, addresses, ports }: ServedPod): Promise<ServedPort> => {
  const starting = addresses.flatMap(address =>
    ports.map(({ protocol, port }) =>
      protocol === 'TCP' ? serveTcp({ name, address, port }) : serveUdp({ name, address, port }),
    ),
  )
  const results = await Promise.allSettled(starting)
  const served = results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
  const close = async (): Promise<void> => {
    await Promise.all(served.map(port => port.close()))
  }
  const failed = results.find(result => result.status === 'rejected')
  if (failed === undefined) return { close }
  await close()
  throw failed.reason
}
