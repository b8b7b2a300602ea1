import fc from 'fast-check'
import t, { type Test } from 'tap'
import { FlowRoom } from '../../../lib/dataplane/udp/flow-room.js'
import { runs, total } from '../cases.js'
import { bytes } from '../stage.js'
import { echo, Peer, type Scene, UdpProxy } from './stage.js'

/** How many clients there are at once. */
const size = 200

/** What one client does: asks questions of these sizes, one after the other. */
interface Plan {
  /** A client that comes for this and goes, or one that was there before and stays. */
  readonly client: 'passing' | 'staying'
  readonly questions: readonly number[]
}

const question = fc.oneof(
  { weight: 4, arbitrary: fc.nat(64) },
  { weight: 4, arbitrary: fc.nat(1472) },
  { weight: 1, arbitrary: fc.nat(65_507) },
)

const plan: fc.Arbitrary<Plan> = fc.record({
  client: fc.constantFrom('passing', 'staying'),
  questions: fc.array(question, { minLength: 1, maxLength: 6 }),
})

/** Lets so much be under way that no buffer of the kernel overflows: then nothing may be lost. */
class Traffic {
  #left = 150_000
  readonly #waiting: (() => void)[] = []

  async carry(length: number, exchange: () => Promise<void>): Promise<void> {
    const cost = length + 1500
    while (cost > this.#left) await new Promise<void>(resolve => this.#waiting.push(resolve))
    this.#left -= cost
    await exchange()
    this.#left += cost
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

/** A client's questions and answers. Rejects when it hears anything else. */
const ask = async (client: Peer, questions: readonly number[], traffic: Traffic): Promise<void> => {
  for (const [number, length] of questions.entries())
    await traffic.carry(length, async () => {
      const question = bytes(length, Math.imul(client.endpoint.port * 8 + number, 0x9e37_79b1))
      client.send(question)
      const answer = await client.next()
      if (!answer.bytes.equals(question))
        throw new Error(`the client at ${client.endpoint.port} asked ${length} bytes and got something else`)
    })
}

/** What `act` opens is closed when it is done. */
const during = async (act: (scene: Scene) => Promise<void>): Promise<void> => {
  const ends: (() => unknown)[] = []
  await act({ teardown: end => void ends.push(end) }).finally(() => {
    for (const end of ends) end()
  })
}

const start = async (t: Test): Promise<UdpProxy> => {
  const echoes = await Promise.all([echo(t), echo(t), echo(t)])
  return UdpProxy.start(t, {
    endpoints: echoes.map(({ endpoint }) => endpoint),
    // Room for those who are there, and some who were: these have to make room.
    room: new FlowRoom(undefined, { perServicePort: size + 50, total: size + 50 }),
  })
}

t.test(
  'of 200 clients at once, who come, stay and go, each gets the answers to its own questions',
  async t => {
    const proxy = await start(t)
    const staying = await Promise.all(Array.from({ length: size }, () => proxy.client(t)))
    let asked = 0
    const property = fc.asyncProperty(fc.array(plan, { minLength: size, maxLength: size }), plans =>
      during(async scene => {
        const traffic = new Traffic()
        const act = async ({ client, questions }: Plan, number: number): Promise<void> => {
          const stays = client === 'staying' ? staying[number] : undefined
          await ask(stays ?? (await proxy.client(scene)), questions, traffic)
          asked += total(questions)
        }
        await Promise.all(plans.map(act))
      }),
    )
    // Nothing is made simpler when it fails: who was fast in a crowd is luck.
    await fc.assert(property, { ...runs(5, { per: 100 }), timeout: 60_000, endOnFailure: true })
    await proxy.listener.close()
    const flows = proxy.all('flow-ended')
    t.equal(total(flows.map(({ sent }) => sent)), asked, 'what was sent is accounted for')
    t.equal(total(flows.map(({ received }) => received)), asked, 'and what was received')
    t.strictSame([...new Set(proxy.ends)].sort(), ['closing', 'made room'])
  },
)
