import type { Test } from 'tap'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { type Port, port } from '../../lib/model/port.js'
import { until } from '../faults-guardian/guardians.js'
import type { Client } from '../services/client.js'
import type { Stage } from '../services/stage.js'

const balancer = '172.18.255.200'
const external = '203.0.113.10'
const loopback = ipAddress('127.0.0.1')

/** Who answers for the Services that `deployServices` makes. */
export interface Deployments {
  /** The pods of web, on three nodes. */
  readonly web: readonly string[]
  /** The pods of named: its port `http` is another number in each. */
  readonly named: readonly string[]
}

/** Makes Services of all kinds, most of them for the pods of web. */
export const deployServices = async (stage: Stage): Promise<Deployments> => {
  const web = await stage.deploy('web', { replicas: 3 })
  const named = [
    ...(await stage.deploy('one', { app: 'named', ports: [{ name: 'http', containerPort: 8081 }] })),
    ...(await stage.deploy('two', { app: 'named', ports: [{ name: 'http', containerPort: 8082 }] })),
  ]
  const selector = { app: 'web' }
  const tcp = { name: 'tcp', port: 80, targetPort: 8080 }
  const udp = { name: 'udp', port: 80, targetPort: 8080, protocol: 'UDP' }
  stage.expose('web', { ports: [tcp, { ...tcp, name: 'other', port: 81 }, udp] })
  stage.expose('named', { ports: [{ port: 80, targetPort: 'http' }] })
  stage.expose('node-port', { type: 'NodePort', selector, ports: [tcp, udp] })
  stage.expose('balanced', { type: 'LoadBalancer', selector, ports: [tcp] })
  stage.balance('balanced', { ip: balancer })
  stage.expose('external', { selector, externalIPs: [external] })
  stage.expose('sticky', { selector, sessionAffinity: 'ClientIP' })
  stage.expose('headless', { selector, clusterIP: 'None' })
  stage.expose('nobody')
  await stage.synced()
  return { web, named: named.sort() }
}

/** How a client on this laptop is served. */
export interface Carried {
  readonly client: Client
  /** What clients of UDP hear: of a pod, or that they are refused. Absent: it has none. */
  readonly udp?: 'pods' | 'ECONNREFUSED'
  /** Whether the laptop's own addresses lead to node ports, and those of others to external and load-balancer IPs. */
  readonly externals: 'served' | 'left alone'
}

const all = async (client: Client, to: Endpoint, count = 6): Promise<readonly string[]> =>
  [...new Set(await client.inTurn(to, count))].sort()

const at = (address: string, number: Port): Endpoint => ({ address: ipAddress(address), port: number })

/** Tests that Services of all kinds are carried, balanced over all of their pods. */
export const carriesServices = async (
  t: Test,
  { stage, web, named }: Deployments & { readonly stage: Stage },
  { client, udp, externals }: Carried,
): Promise<void> => {
  const sameUdp = async (to: Endpoint, what: string): Promise<void> => {
    const answer = await client.udp(to)
    if (udp === 'pods') t.ok(web.includes(answer), `${what}: ${answer}`)
    else t.equal(answer, udp, what)
  }
  t.strictSame(await all(client, stage.clusterIp('web')), web, 'a cluster IP')
  t.strictSame(await all(client, stage.clusterIp('web', 81)), web, 'another port of it')
  t.strictSame(await all(client, stage.clusterIp('named')), named, 'named target ports')
  const [first, ...others] = await client.inTurn(stage.clusterIp('sticky'), 6)
  t.strictSame(new Set(others), new Set([first]), 'affinity')
  t.equal(await client.tcp(stage.clusterIp('nobody')), 'ECONNREFUSED', 'no endpoints')
  if (udp) await sameUdp(stage.clusterIp('web'), 'UDP')
  if (externals === 'left alone') return
  const nodePort = stage.nodePort('node-port', 'tcp')
  t.strictSame(await all(client, { address: loopback, port: nodePort }), web, 'a node port on 127.0.0.1')
  t.strictSame(await all(client, at('172.18.0.1', nodePort)), web, 'a node port on the bridge')
  await sameUdp(at('127.0.0.1', stage.nodePort('node-port', 'udp')), 'UDP of a node port')
  t.strictSame(await all(client, at(balancer, port(80))), web, 'a load-balancer IP')
  t.strictSame(await all(client, at(external, port(80))), web, 'an external IP')
}

/** How clients were answered that came all the time. */
export interface Load {
  readonly answered: number
  readonly failed: readonly string[]
}

/** Tests that nobody failed, of not a few. */
export const losesNobody = (t: Test, { answered, failed }: Load): void => {
  t.strictSame(failed, [])
  t.ok(answered >= 3 * visitors, `${answered} connections`)
}

/** So many come at one time. */
const visitors = 4

/** Replaces the pods of web one after the other while clients come all the time. All of them have come with each set of pods. */
export const replaceUnderLoad = async (
  stage: Stage,
  client: Client,
  to = stage.clusterIp('web'),
): Promise<Load> => {
  const answers: string[] = []
  let over = false
  const comeAndGo = async (): Promise<void> => {
    while (!over) answers.push(await client.tcp(to))
  }
  const coming = Array.from({ length: visitors }, comeAndGo)
  for (const pod of await stage.scale('web', 3)) {
    const enough = answers.length + visitors
    await until('answers', () => answers.length >= enough)
    await stage.endPod(pod)
    await stage.scale('web', 3)
  }
  await stage.synced()
  over = true
  await Promise.all(coming)
  return { answered: answers.length, failed: answers.filter(answer => !answer.startsWith('web-')) }
}
