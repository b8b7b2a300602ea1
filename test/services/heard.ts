import type { Endpoint } from '../../lib/model/endpoint.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import type { Clients } from './clients.js'

/** What clients hear, by who they are. */
export type Heard = Readonly<Record<string, string>>

/** How a closed port answers, and a portal that nobody serves. */
export const refused = 'ECONNREFUSED'

/** What a client hears where a cluster IP or an external IP is nobody's: of the router. */
export const unserved = 'EHOSTUNREACH'

/** What a client hears whose packets are dropped. */
export const silence = 'SILENCE'

/** A place as tests write it. */
export const at = (address: string, number: number): Endpoint => ({
  address: ipAddress(address),
  port: port(number),
})

/** All answers, when they are there. Those asked are asked at once: so silence is waited for only once. */
export const heard = async (asked: Readonly<Record<string, Promise<string>>>): Promise<Heard> => {
  const answers = await Promise.all(Object.values(asked))
  return Object.fromEntries(Object.keys(asked).map((who, index) => [who, answers[index] ?? '']))
}

/** What is heard at one place by the node itself, a pod of it, and somebody outside of the cluster. */
export const heardAt = (
  { node, pod, outside }: Clients,
  there: Endpoint,
  protocol: 'tcp' | 'udp' = 'tcp',
): Promise<Heard> =>
  heard({
    node: node[protocol](there),
    pod: pod()[protocol](there),
    outside: outside[protocol](there),
  })

/** That all of the three hear the same. */
export const allHear = (answer = ''): Heard => ({ node: answer, pod: answer, outside: answer })
