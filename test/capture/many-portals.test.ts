import t from 'tap'
import type { CapturedPortal } from '../../lib/capture/capture.js'
import type { Family } from '../../lib/model/ip-address.js'
import { inNamespace } from '../namespace.js'
import { heard } from './ask.js'
import { run, without } from './commands.js'
import { addIpv6, addOutside, buildNode, inPod, listenTcp } from './node-and-pod.js'
import { tried } from './tried.js'
import { refused, served, wanted } from './wanted.js'

const size = 10_000
const addressAt: Readonly<Record<Family, (index: number) => string>> = {
  IPv4: index => `10.${96 + (index >> 14)}.${(index >> 6) & 255}.${(index & 63) * 4 + 1}`,
  IPv6: index => `fd00:96::${index >> 12}:${((index & 4095) * 16 + 1).toString(16)}`,
}

/** 10,000 portals, every third of which refuses; and as many node ports as there can be. */
const many = (family: Family): readonly CapturedPortal[] =>
  Array.from({ length: size }, (_, index) =>
    (index % 3 === 1 ? refused : served)({
      name: `shop/s${index}`,
      address: addressAt[family](index),
      localPort: index === 0 || index === size - 1 ? 14_000 : 14_001,
    }),
  )
const nodePorts = (family: Family): readonly CapturedPortal[] =>
  Array.from({ length: 2768 }, (_, index) =>
    (index % 2 === 1 ? refused : served)({ family, nodePort: 30_000 + index, localPort: 14_000 }),
  )

const on = (kind: 'nft' | 'legacy', family: Family): void => {
  const program = `${family === 'IPv4' ? 'iptables' : 'ip6tables'}-${kind}`
  t.test(`10,000 Services, with ${program}`, { skip: without(`${program}-save`) }, async t => {
    const { capture, written } = tried(t, kind, { families: [family] })
    const all = [...many(family), ...nodePorts(family)]
    await capture.apply(wanted(...all))

    t.test('the first and the last lead to their listeners, and others refuse', async t => {
      const [first, last, gone] = [0, size - 1, size - 2].map(index => `tcp ${addressAt[family](index)} 80`)
      for (const where of [inPod, []])
        t.equal(await heard(where, `${first}`, `${last}`, `${gone}`), '14000 14000 ECONNREFUSED')
      const node = family === 'IPv4' ? '198.51.100.1' : '2001:db8:2::1'
      const [open, closed] = [`tcp ${node} 30000`, `tcp ${node} 32767`]
      t.equal(await heard(inPod, open, closed), '14000 ECONNREFUSED')
    })

    t.test('nothing is written where nothing has changed', async t => {
      t.strictSame(await capture.apply(wanted(...all.toReversed())), [])
    })

    t.test('one more is a few dozen lines', async t => {
      const more = served({ name: 'shop/new', address: addressAt[family](size), localPort: 14_000 })
      await capture.apply(wanted(...all, more))
      t.ok((written.at(-1) ?? '').split('\n').length < 100, 'lines')
      t.equal(await heard(inPod, `tcp ${addressAt[family](size)} 80`), '14000')
    })

    t.test('when they go, nothing stays behind', async t => {
      await capture.remove()
      t.notMatch(run(`${program}-save`), 'KUBE-')
    })
  })
}

await inNamespace(import.meta.url, async () => {
  buildNode()
  addOutside()
  addIpv6()
  await listenTcp(14_000)
  for (const kind of ['nft', 'legacy'] as const)
    for (const family of ['IPv4', 'IPv6'] as const) on(kind, family)
})
