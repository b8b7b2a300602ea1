import fc from 'fast-check'
import t from 'tap'
import { installText } from '../../../lib/capture/restore-text.js'
import { machine } from '../../../lib/host/machine.js'
import { endpointText } from '../../../lib/model/endpoint.js'
import { seconds } from '../../../lib/model/milliseconds.js'
import { port } from '../../../lib/model/port.js'
import type { Snapshot } from '../../../lib/model/snapshot.js'
import { wantedFor } from '../../../lib/proxy/wanted.js'
import { readEndpointSlice } from '../../../lib/watch/translation/endpoint-slice.js'
import { readNode } from '../../../lib/watch/translation/node.js'
import { readService } from '../../../lib/watch/translation/service.js'
import { Translator } from '../../../lib/watch/translation/translator.js'
import { inNamespace, withEachIptables } from '../../namespace.js'
import { at, node, service, slice } from '../api-objects.js'
import { compose, compositionText, type Objects } from '../translation.js'
import { dialable, hostile } from './hostile.js'

const families = ['IPv4', 'IPv6'] as const

/** A Service that is met everywhere, older than all who want its places. */
const good: Objects = {
  services: [
    service({
      created: '2025-01-01T00:00:00Z',
      spec: { type: 'NodePort', externalIPs: ['198.51.100.66'], ports: [{ port: 80, nodePort: 30_080 }] },
    }),
  ],
  slices: [slice({ endpoints: [at('10.244.1.1'), at('10.244.1.2')] })],
  node: node(),
}

const isOurs = (line: string): boolean => line.startsWith('shop/cart/') || line.includes(' shop/cart:')

const beside = (bad: Pick<Objects, 'services' | 'slices'>): Objects => ({
  services: [...bad.services, ...good.services],
  slices: [...bad.slices, ...good.slices],
  node: good.node,
})

const rulesOf = ({ servicePorts, ownPods }: Snapshot, family: (typeof families)[number]): string => {
  const placed = servicePorts.map((servicePort, index) => ({ servicePort, localPort: port(14_000 + index) }))
  return installText(wantedFor(placed, { ownPods }), family)
}

const alone = compositionText(compose(good))

t.test('whatever others write, a Service older than theirs has what is its own, and nothing else', t => {
  t.equal(alone.length, 1)
  fc.assert(
    fc.property(hostile, bad => {
      t.strictSame(compositionText(compose(beside(bad))).filter(isOurs), alone)
    }),
    { numRuns: 1000 },
  )
  t.end()
})

t.test('whatever others write, nobody is dialled who may not be', t => {
  const known = new Set<string>(['10.244.1.1', '10.244.1.2', ...dialable])
  fc.assert(
    fc.property(hostile, bad => {
      const { servicePorts } = compose(beside(bad)).snapshot
      const portals = new Set(
        servicePorts.flatMap(({ name, portals: all }) =>
          all.flatMap(each => (each.kind === 'node-port' ? [] : [`${name.protocol} ${endpointText(each)}`])),
        ),
      )
      for (const { name, endpoints } of servicePorts)
        for (const endpoint of endpoints) {
          t.ok(known.has(endpoint.address), endpointText(endpoint))
          t.notOk(portals.has(`${name.protocol} ${endpointText(endpoint)}`), endpointText(endpoint))
        }
    }),
  )
  t.end()
})

t.test('whatever others write, what is not served is said, and said once', t => {
  fc.assert(
    fc.property(hostile, bad => {
      const said: string[] = []
      const about = new Set<string>()
      const translator = new Translator({ nodeName: 'worker', families, serviceCidrs: [] }, event => {
        if (event.type !== 'skipped') return
        said.push(`${event.object} ${event.reason}`)
        about.add(event.object)
      })
      const services = bad.services.map(readService)
      const objects = { services, slices: bad.slices.map(readEndpointSlice), node: readNode(node()) }
      const { servicePorts } = translator.translate(objects, [])
      translator.translate(objects, [])
      t.equal(new Set(said).size, said.length)
      const served = new Set(servicePorts.map(({ name }) => `${name.namespace}/${name.service}`))
      for (const { key, what, exposure } of services)
        t.ok(served.has(key) || about.has(what) || exposure?.ports.length === 0, what)
    }),
  )
  t.end()
})

const ruleLine = /^(\*(filter|nat)|:[\w-]+ - \[0:0\]|-[AI] [\w-]+ [ -~]+|COMMIT|)$/

t.test('whatever others write, each line of the rules is a rule', t => {
  fc.assert(
    fc.property(hostile, bad => {
      const { snapshot } = compose(beside(bad))
      for (const line of families.flatMap(family => rulesOf(snapshot, family).split('\n')))
        t.match(line, ruleLine)
    }),
  )
  t.end()
})

await inNamespace(import.meta.url, () =>
  withEachIptables('whatever others write, iptables takes the rules', async (t, iptables) => {
    for (const bad of fc.sample(hostile, 40)) {
      const { snapshot } = compose(beside(bad))
      for (const family of families) {
        const program = `${family === 'IPv4' ? iptables : iptables.replace('ip', 'ip6')}-restore`
        const input = rulesOf(snapshot, family)
        const { code, stderr } = await machine.run(program, ['--test', '--noflush'], {
          input,
          timeout: seconds(10),
        })
        t.equal(code, 0, `${stderr}\n${code === 0 ? '' : input}`)
      }
    }
  }),
)
