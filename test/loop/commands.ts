import fc from 'fast-check'
import type { Family } from '../../lib/model/ip-address.js'
import { anyAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import { anyEndpoints, anySpec, type Name, names, serviceOf, sliceOf, type Spec } from './any-service.js'
import type { Nonsense } from './api-server.js'
import type { Fault } from './programs.js'
import { World } from './world.js'

/** What decides which steps are possible. */
export interface Model {
  /** Services by name, with their age. */
  readonly services: Map<Name, number>
  isRunning: boolean
  age: number
}

/** Something that happens, and how much of what follows from it is done before the next thing happens. */
class Step implements fc.AsyncCommand<Model, World> {
  readonly #text: string
  readonly #act: (model: Model, world: World) => Promise<void> | void
  readonly #turns: number
  readonly #possible: (model: Model) => boolean

  constructor({ text, act, turns, possible = () => true }: StepParts) {
    this.#text = text
    this.#act = act
    this.#turns = turns
    this.#possible = possible
  }

  check(model: Readonly<Model>): boolean {
    return this.#possible(model)
  }

  async run(model: Model, world: World): Promise<void> {
    await this.#act(model, world)
    world.clusterChanged()
    if (this.#turns < mostTurns) await world.turns.soon(this.#turns)
    else await world.turns.pass(this.#turns - mostTurns)
    if (this.#turns >= mostTurns && model.isRunning && world.server.isWell && world.isUpToDate)
      world.promises.upToDate(world.truth)
    const [broken] = world.promises.broken
    if (broken !== undefined) throw new Error(broken)
  }

  toString(): string {
    return `${this.#text}; then ${this.#turns < mostTurns ? `${this.#turns} turns` : `${this.#turns - mostTurns} ms`}`
  }
}

interface StepParts {
  readonly text: string
  readonly act: (model: Model, world: World) => Promise<void> | void
  readonly turns: number
  readonly possible?: ((model: Model) => boolean) | undefined
}

const mostTurns = 20
/** So many turns; from `mostTurns` on, so many milliseconds more, and all that can be done in them. */
const turns = fc.oneof(
  fc.nat(mostTurns - 1),
  fc.constantFrom(0, 10, 1_100, 2_500).map(span => mostTurns + span),
)

type Act = StepParts['act']

/** A kind of step. */
const step = <Value>(
  values: fc.Arbitrary<Value>,
  make: (value: Value) => {
    readonly text: string
    readonly act: Act
    readonly possible?: (model: Model) => boolean
  },
): fc.Arbitrary<Step> =>
  fc.tuple(values, turns).map(([value, each]) => new Step({ ...make(value), turns: each }))

const simple = (text: string, act: Act, possible?: (model: Model) => boolean): fc.Arbitrary<Step> =>
  turns.map(each => new Step({ text, act, turns: each, possible }))

const anyName = fc.constantFrom(...names)
const families: ['IPv4', 'IPv6'] = ['IPv4', 'IPv6']
const someFamilies = fc.constantFrom<readonly Family[]>(families, ['IPv4'], ['IPv6'])

const put = step(fc.tuple(anyName, anySpec), ([name, spec]) => ({
  text: `${name} is ${JSON.stringify(spec)}`,
  act: (model, { server }) => {
    const age = model.services.get(name) ?? (model.age += 1)
    model.services.set(name, age)
    server.put('services', name, serviceOf(name, spec, age))
  },
}))

const remove = step(anyName, name => ({
  text: `${name} is deleted`,
  possible: model => model.services.has(name),
  act: (model, { server }) => {
    model.services.delete(name)
    server.remove('services', name)
  },
}))

const endpoints = step(fc.tuple(anyName, anyEndpoints), ([name, some]) => ({
  text: `${name} has the endpoints ${JSON.stringify(some)}`,
  act: (_, { server }) => {
    for (const family of families)
      server.put('endpointslices', `${name}-${family}`, sliceOf(name, family, some))
  },
}))

const ready = { host: 1, here: true, ready: true }

const serveAll = simple('all Services have an endpoint', (_, { server }) => {
  for (const name of names)
    for (const family of families)
      server.put('endpointslices', `${name}-${family}`, sliceOf(name, family, [ready]))
})

const nonsense = fc.constantFrom<Nonsense>('garbage', 'half a line', 'another kind')
const anyKind = fc.constantFrom('services', 'endpointslices', 'nodes')

const api = [
  step(fc.constantFrom('cleanly', 'badly'), how => ({
    text: `all watches end ${how}`,
    act: (_, { server }) => server.drop(how),
  })),
  simple('the API server is away', (_, { server }) => server.leave()),
  simple('the API server is frozen', (_, { server }) => server.freeze()),
  simple('the API server forgets what happened', (_, { server }) => server.forget()),
  simple('the API server is saved', (_, { server }) => server.keep()),
  simple('the API server is what was saved', (model, { server }) => {
    server.restore()
    model.services.clear()
    for (const name of names)
      if (server.all('services').some(each => JSON.stringify(each).includes(`"name":"${name}"`)))
        model.services.set(name, (model.age += 1))
  }),
  step(fc.tuple(anyKind, nonsense), ([resource, kind]) => ({
    text: `the watch of ${resource} says ${kind}`,
    act: (_, { server }) => server.babble(resource, kind),
  })),
  step(fc.tuple(anyKind, fc.nat(9)), ([resource, which]) => ({
    text: `the watch of ${resource} says again what it said ${which} changes before`,
    act: (_, { server }) => server.repeat(resource, which),
  })),
  step(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom(429, 500, 401, 403)), ([left, status]) => ({
    text: `${left} requests are answered ${status}`,
    act: (_, { server }) => {
      server.refusals = { left, status, retryAfter: '2' }
    },
  })),
  simple('a list breaks off', (_, { server }) => {
    server.brokenLists += 1
  }),
  simple('a page expires', (_, { server }) => {
    server.expiredPages += 1
  }),
]

const faults = fc
  .record<Fault>({
    program: fc.constantFrom('save', 'restore', 'restore', 'restore', 'conntrack'),
    families: someFamilies,
    how: fc.constantFrom('fails', 'fails', 'hangs', 'is missing', 'garbles'),
    after: fc.nat(3),
    times: fc.constantFrom(1, 1, 2, 5, 1000),
  })
  // What says that it has done its work, and has not, nobody can tell from one that has.
  .filter(({ program, how }) => how !== 'garbles' || program === 'save')

const others = [
  step(fc.tuple(someFamilies, fc.constantFrom('filter', 'nat', undefined)), ([some, table]) => ({
    text: `others flush ${table ?? 'all tables'} of ${some.join()}`,
    act: (_, { programs, promises }) => {
      for (const family of some) {
        programs.kernels[family].flush(table)
        promises.disturbed(family)
      }
    },
  })),
  step(fc.tuple(someFamilies, fc.nat(50)), ([some, which]) => ({
    text: `others delete rule ${which} of ${some.join()}`,
    act: (_, { programs, promises }) => {
      for (const family of some) {
        programs.kernels[family].deleteOne(which)
        promises.disturbed(family)
      }
    },
  })),
  step(fc.tuple(someFamilies, fc.constantFrom('INPUT', 'OUTPUT', 'PREROUTING')), ([some, chain]) => ({
    text: `others put a rule first in ${chain} of ${some.join()}`,
    act: (_, { programs, promises }) => {
      for (const family of some) {
        programs.kernels[family].displace(chain)
        promises.disturbed(family)
      }
    },
  })),
  step(someFamilies, some => ({
    text: `others load the rules of ${some.join()} that they saved`,
    act: (_, { promises, programs }) => {
      for (const family of some) {
        programs.kernels[family].loadKept()
        promises.disturbed(family)
      }
    },
  })),
  simple('others save the rules', (_, { programs }) => {
    for (const family of families) programs.kernels[family].keep()
  }),
  step(
    fc.tuple(fc.constantFrom(14_000, 14_001, 14_003, 30_080), fc.constantFrom('TCP', 'UDP')),
    ([number, protocol]) => ({
      text: `others listen on ${protocol} ${number}`,
      act: (_, { sockets }) => {
        sockets.occupy({ protocol, family: 'IPv4', port: port(number), address: anyAddress.IPv4 })
      },
    }),
  ),
  simple('others listen no more', (_, { sockets }) => {
    sockets.foreign = []
  }),
]

const mend = (world: World): void => {
  world.programs.mend()
  world.server.mend()
  world.sockets.failures = 0
}

const machine = [
  step(faults, fault => ({
    text: JSON.stringify(fault),
    act: (_, { programs }) => programs.fault(fault),
  })),
  step(fc.integer({ min: 1, max: 9 }), failures => ({
    text: `${failures} listeners cannot be opened`,
    act: (_, { sockets }) => {
      sockets.failures = failures
    },
  })),
  simple('nothing can be written to disk', (_, world) => world.diskFails()),
  simple('an address comes or goes', (_, world) => world.moveAddress()),
]

const isRunning = (model: Model): boolean => model.isRunning
const isGone = (model: Model): boolean => !model.isRunning

const processes = [
  simple(
    'kill -9',
    (model, world) => {
      model.isRunning = false
      world.kill()
    },
    isRunning,
  ),
  simple(
    'kill -9, and start',
    async (_, world) => {
      world.kill()
      world.start()
    },
    isRunning,
  ),
  simple(
    'stop, and start',
    async (_, world) => {
      await world.stop()
      world.start()
    },
    isRunning,
  ),
  simple(
    'stop',
    async (model, world) => {
      model.isRunning = false
      await world.stop()
    },
    isRunning,
  ),
  step(
    fc.tuple(
      fc.constantFrom('state.json', 'snapshot.jsonl'),
      fc.constantFrom('{', '{"localPorts":{"shop/cart/TCP":14001,"shop/web/TCP":14000}}'),
    ),
    ([name, text]) => ({
      text: `${name} is ${text}`,
      possible: isGone,
      act: (_, world) => world.spoil(files => void files.set(`/run/${name}`, text)),
    }),
  ),
]

const start = simple(
  'start',
  (model, world) => {
    model.isRunning = true
    world.start()
  },
  isGone,
)

const time = [
  step(fc.constantFrom(10, 500, 1_000, 3_000, 5_000, 15_000, 60_000), span => ({
    text: `${span} ms pass`,
    act: (_, world) => world.turns.pass(span),
  })),
  simple('all is mended', (_, world) => mend(world)),
]

/** Makes all work again. */
export const mendAll = mend

const usual: Spec = {
  ...{ type: 'NodePort', families, nodePort: 30_080, externalIPs: [], balancer: [] },
  ports: [{ name: '', protocol: 'TCP', port: 80 }],
  ...{ internalTrafficPolicy: 'Cluster', externalTrafficPolicy: 'Cluster', sessionAffinity: 'None' },
}

/** A cluster with a few Services, and the program that serves them. */
export const begin = async (scheduler: fc.Scheduler): Promise<{ model: Model; real: World }> => {
  const world = new World(scheduler)
  for (const [index, name] of (['cart', 'web'] as const).entries()) {
    world.server.put(
      'services',
      name,
      serviceOf(name, { ...usual, nodePort: index === 0 ? 30_080 : 30_081 }, index),
    )
    for (const family of families)
      world.server.put('endpointslices', `${name}-${family}`, sliceOf(name, family, [ready]))
  }
  world.start()
  await world.turns.pass(10)
  world.promises.upToDate(world.truth)
  return {
    model: {
      services: new Map([
        ['cart', 0],
        ['web', 1],
      ]),
      isRunning: true,
      age: 1,
    },
    real: world,
  }
}

/** What can happen; changes of the cluster and time more often than trouble. */
export const anyCommands = fc.commands<Model, World, false>(
  [
    ...[put, put, put, endpoints, endpoints, serveAll, remove],
    ...[start, start],
    ...[...time, ...time],
    ...api,
    ...others,
    ...machine,
    ...processes,
  ],
  { size: 'max', maxCommands: 40 },
)
