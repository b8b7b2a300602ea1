import { EventEmitter, once } from 'node:events'
import type { Socket } from 'node:net'
import fc from 'fast-check'
import type { Test } from 'tap'
import { realClock } from '../../../lib/cli/real-clock.js'
import { seconds } from '../../../lib/model/milliseconds.js'
import { DirectReach } from '../../../lib/reach/direct.js'
import type { Reach } from '../../../lib/reach/reach.js'
import { Budget } from '../../../lib/stream/budget.js'
import { runs } from '../cases.js'
import { endpointThat, Proxy } from '../stage.js'
import { type Fits, takeItsCourse } from './course.js'
import { isLast, type Plan, plan } from './plan.js'

/** How many connections are open at once. */
const size = 200

/** Memory for bulk: enough, so much that some get it, none. */
const memories = [1 << 26, 1 << 20, 0]

/** A client says its number first, in so many bytes, so that the ends of a connection find each other. */
const greeting = 2

const direct = new DirectReach({ clock: realClock })

/** Patient: both ends and the proxy are one process here, which may well be busy for the 250 ms that an endpoint gets at first. */
const reach: Reach = {
  schedule: [seconds(30)],
  dial: (endpoint, options) => direct.dial(endpoint, options),
}

interface Stage {
  readonly proxy: Proxy
  /** Emits, by a client's number, the socket of its endpoint. */
  readonly arrivals: EventEmitter
}

/** A proxy with an endpoint for each connection, so that we know which one the proxy speaks of. */
const buildStage = async (t: Test, memory: number): Promise<Stage> => {
  const arrivals = new EventEmitter()
  const greeted = (socket: Socket): void =>
    void socket.once('data', (number: Buffer) => {
      socket.pause()
      arrivals.emit(String(number.readUInt16BE()), socket)
    })
  const endpoints = await Promise.all(Array.from({ length: size }, () => endpointThat(t, greeted)))
  return { proxy: await Proxy.start(t, { endpoints, reach, budget: new Budget(memory) }), arrivals }
}

/** The socket at the other end of a client. */
const endpointOf = async (client: Socket, number: number, { arrivals }: Stage): Promise<Socket> => {
  const arrival = new Promise<Socket>(resolve => arrivals.once(String(number), resolve))
  if (client.connecting) await once(client, 'connect')
  const hello = Buffer.alloc(greeting)
  hello.writeUInt16BE(number)
  client.write(hello)
  return arrival
}

/** A connection's course, and then: what has to be said of it, and the port of its endpoint. */
type Account = readonly [port: number | undefined, fits: Fits]

/** Lets each plan take its course, all at once. */
const carryOut = (plans: readonly Plan[], clients: readonly Socket[], stage: Stage): Promise<Account[]> => {
  let openGate = (): void => undefined
  const othersOver = new Promise<void>(resolve => (openGate = resolve))
  const courses = clients.map(async (client, number): Promise<Account> => {
    const plan = plans[number]
    if (!plan) throw new RangeError('more clients than plans')
    const endpoint = await endpointOf(client, number, stage)
    const seed = Math.imul(number + 1, 0x9e37_79b1)
    try {
      const { localPort } = endpoint
      return [localPort, await takeItsCourse({ plan, client, endpoint, seed, greeting, othersOver })]
    } catch (error) {
      throw new Error(`connection ${number} of ${JSON.stringify(plan)}`, { cause: error })
    }
  })
  const others = courses.filter((_, number) => plans[number] && !isLast(plans[number]))
  void Promise.all(others).then(openGate, openGate)
  return Promise.all(courses)
}

/** Throws when the proxy says of any connection what does not fit it. */
const audit = (accounts: readonly Account[], { events }: Proxy): void => {
  const odd = events.find(({ type }) => type !== 'connected' && type !== 'disconnected')
  if (odd) throw new Error(`nobody asked for this: ${JSON.stringify(odd)}`)
  const said = events.filter(event => event.type === 'disconnected')
  for (const [port, fits] of accounts) {
    const [one, another] = said.filter(({ endpoint }) => endpoint.port === port)
    if (!one || another) throw new Error(`the endpoint at ${port} is not spoken of once`)
    if (!fits(one)) throw new Error(`does not fit: ${JSON.stringify(one)}`)
  }
}

const tryAtOnce = async (plans: readonly Plan[], stage: Stage): Promise<void> => {
  const { proxy } = stage
  const { left } = proxy.budget
  proxy.events.splice(0)
  const clients = plans.map(() => proxy.connecting())
  try {
    const accounts = await carryOut(plans, clients, stage)
    await proxy.connections.ended
    audit(accounts, proxy)
  } finally {
    for (const client of clients) client.destroy()
    proxy.connections.reset()
    await proxy.connections.ended
  }
  if (proxy.budget.left !== left) throw new Error('memory is missing')
}

/**
 * Connections of all kinds at once, so many at a time: each gets its own bytes and its own end, and is accounted for. Resolves
 * when that held for all; rejects with the seed and the connection when not. Nothing is made simpler then: who was fast in a
 * crowd is luck.
 */
export const tryBatches = async (t: Test, usual: number): Promise<void> => {
  const stages = await Promise.all(memories.map(memory => buildStage(t, memory)))
  const which = fc.nat(stages.length - 1)
  const batch = fc.array(plan, { minLength: size, maxLength: size })
  const property = fc.asyncProperty(which, batch, async (which, plans) => {
    const stage = stages[which]
    if (stage) await tryAtOnce(plans, stage)
  })
  const limits = { timeout: 60_000, endOnFailure: true, verbose: 0 }
  await fc.assert(property, { ...runs(usual, { per: 100 }), ...limits })
}
