import t from 'tap'
import { Conntrack } from '../../lib/capture/conntrack.js'
import type { Host, Output } from '../../lib/host/host.js'
import { machine } from '../../lib/host/machine.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { port } from '../../lib/model/port.js'

const nothing = new Map<string, never>()
const here = new Map([['10.96.0.12:53', new Set([port(14_002)])]])
const moved = new Map([['10.96.0.12:53', new Set([port(14_003)])]])

/** What the program prints when one client of 10.96.0.12:53 was sent to 14002. */
const listed =
  'udp 17 29 src=10.244.0.2 dst=10.96.0.12 sport=5000 dport=53 src=10.244.0.1 dst=10.244.0.2 sport=14002 dport=5000 mark=0 use=1\n'
const well: Output = { code: 0, stdout: listed, stderr: '' }

/** A conntrack program that answers as `answer` says, and what it was asked. */
const stage = (answer: (command: string) => Promise<Output>) => {
  const asked: string[] = []
  const events: ProxyEvent[] = []
  const host: Host = {
    ...machine,
    run: (program, args) => {
      asked.push([program, ...args].join(' '))
      return answer(args[0] ?? '')
    },
  }
  const conntrack = new Conntrack({
    host,
    family: 'IPv4',
    addresses: () => [],
    report: event => events.push(event),
  })
  return { conntrack, asked, events }
}

const all = 'conntrack --dump --proto udp --family ipv4 --zone 0'
const dump = `${all} --orig-dst 10.96.0.12 --orig-port-dst 53`
const deletion =
  'conntrack --delete --proto udp --family ipv4 --zone 0 --orig-dst 10.96.0.12 --orig-port-dst 53 --reply-port-src 14002'

t.test(
  'exactly the clients that go to the wrong port are deleted, and nobody is looked for twice',
  async t => {
    const { conntrack, asked } = stage(() => Promise.resolve(well))
    conntrack.suspect(here, moved)
    await conntrack.settle(moved)
    t.strictSame(asked.splice(0), [dump, deletion])
    conntrack.suspect(moved, moved)
    await conntrack.settle(moved)
    t.strictSame(asked, [])
  },
)

t.test('where there is no UDP portal, conntrack is not asked and not missed', async t => {
  const { conntrack, asked, events } = stage(() => Promise.reject(new Error('not to be called')))
  conntrack.suspect(nothing, nothing)
  await conntrack.settle(nothing)
  t.strictSame([...asked, ...events], [])
})

t.test('the first look is at all portals, changed or not', async t => {
  const { conntrack, asked } = stage(() => Promise.resolve(well))
  conntrack.suspect(moved, moved)
  await conntrack.settle(moved)
  t.strictSame(asked, [dump, deletion])
})

t.test('a client that left before it could be deleted is no failure', async t => {
  const stderr = 'conntrack v1.4.7 (conntrack-tools): 0 flow entries have been deleted.\n'
  const gone: Output = { code: 1, stdout: '', stderr }
  const { conntrack, events } = stage(async command => (command === '--delete' ? gone : well))
  conntrack.suspect(here, moved)
  await conntrack.settle(moved)
  t.strictSame(events, [])
})

t.test(
  'a failure is said once while its reason stays, and what it left is done when it has passed',
  async t => {
    let answer = (): Promise<Output> =>
      Promise.reject(Object.assign(new Error('late'), { code: 'ETIMEDOUT' }))
    const { conntrack, asked, events } = stage(() => answer())
    conntrack.suspect(here, moved)
    for (const redirects of [moved, moved]) await conntrack.settle(redirects)
    answer = () => Promise.resolve({ code: 1, stdout: '', stderr: 'Operation failed: no module\n' })
    for (const redirects of [moved, moved]) await conntrack.settle(redirects)
    t.match(events, [
      { reason: 'late' },
      { reason: 'conntrack --dump ended with 1: Operation failed: no module' },
    ])
    t.equal(events.length, 2)
    t.strictSame(asked.splice(0), [dump, dump, dump, dump])
    answer = () => Promise.resolve(well)
    await conntrack.settle(moved)
    t.strictSame(asked.splice(0), [dump, deletion])
  },
)

t.test('clients of many portals are looked for all at once', async t => {
  const { conntrack, asked } = stage(() => Promise.resolve(well))
  const many = new Map(
    Array.from({ length: 17 }, (_, index) => [`10.96.1.${index}:53`, new Set([port(15_000)])] as const),
  )
  conntrack.suspect(new Map([...many, ...here]), moved)
  await conntrack.settle(moved)
  t.strictSame(asked, [all, deletion])
})

t.test('clients of a node port are looked for at all addresses of this machine', async t => {
  const { conntrack, asked } = stage(() => Promise.resolve(well))
  const nodePort = new Map([['*:53', new Set([port(14_003)])]])
  conntrack.suspect(nothing, nodePort)
  await conntrack.settle(nodePort)
  t.strictSame(asked, [`${all} --orig-port-dst 53`])
})

t.test('one more listener for a portal makes its clients suspects, and its order does not', async t => {
  const { conntrack, asked } = stage(() => Promise.resolve(well))
  const local = (...ports: readonly number[]) => new Map([['10.96.0.12:53', new Set(ports.map(port))]])
  conntrack.suspect(nothing, nothing)
  conntrack.suspect(local(14_002, 14_003), local(14_003, 14_002))
  await conntrack.settle(local(14_003, 14_002))
  t.strictSame(asked.splice(0), [])
  conntrack.suspect(local(14_002, 14_003), local(14_003))
  await conntrack.settle(local(14_003))
  t.strictSame(asked, [dump, deletion])
})
