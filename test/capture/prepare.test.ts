import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { nothingWanted, type Preparation } from '../../lib/capture/capture.js'
import { port } from '../../lib/model/port.js'
import { inNamespace } from '../namespace.js'
import { heard } from './ask.js'
import { run, without } from './commands.js'
import { buildNode, inPod, listen, listenTcp, nodeAddress } from './node-and-pod.js'
import { tried } from './tried.js'
import { guardOf, refused, served, wanted } from './wanted.js'

const cart = served({ address: '10.96.0.10', localPort: 14_000 })
const web = served({ address: '10.96.0.11', localPort: 14_001 })
const empty = refused({ address: '10.96.0.12', localPort: 14_003 })
const opening = (...portals: readonly (typeof cart)[]): Preparation => ({
  guarded: portals.map(guardOf),
  addresses: [],
})
const directly = [`tcp ${nodeAddress} 14000`, `tcp ${nodeAddress} 14001`] as const

const onBackend = (kind: 'nft' | 'legacy'): void => {
  t.test(`with iptables-${kind}`, { skip: without(`iptables-${kind}-save`) }, t => {
    const saved = (table: string): string =>
      run(`iptables-${kind}-save`, '-t', table).replaceAll(/^#.*\n|\[\d+:\d+\]/gm, '')

    t.test('nobody reaches a listener directly, not even before its portal is captured', async t => {
      const { capture } = tried(t, kind)
      t.equal(await heard(inPod, ...directly), 'hello 14001', 'they can without the guard')
      await capture.prepare(opening(cart, web))
      t.equal(await heard(inPod, ...directly), 'ECONNREFUSED ECONNREFUSED')
      t.notMatch(saved('nat'), 'KUBE-')
    })

    t.test('what is served and refused stays so, and connections go on', async t => {
      const { capture, written } = tried(t, kind)
      await capture.apply({ ...wanted(cart, empty), open: [port(10_256)] })
      const nat = saved('nat')
      const socket = connect({ host: '10.96.0.10', port: 80 })
      t.teardown(() => socket.destroy())
      await once(socket, 'data')
      await capture.prepare(opening(web))
      t.match(
        written[1],
        /^\*filter\n:KUBE-NODEPORT-NON-LOCAL - \[0:0\]\n(-A KUBE-NODEPORT-NON-LOCAL .*\n){5}COMMIT\n$/,
      )
      t.equal(saved('nat'), nat)
      t.equal(await heard(inPod, 'tcp 10.96.0.10 80', 'tcp 10.96.0.12 80'), 'hello ECONNREFUSED')
      t.equal(await heard(inPod, ...directly), 'ECONNREFUSED ECONNREFUSED')
      socket.write('still there?')
      t.equal(String(await once(socket, 'data', { signal: AbortSignal.timeout(5_000) })), 'still there?')
      await capture.apply({ ...wanted(cart, web, empty), open: [port(10_256)] })
      t.notMatch(written[2], 'KUBE-NODEPORT-NON-LOCAL', 'the guard is as it has to be')
    })

    t.test('nothing is written where the ports are guarded, even by an earlier run', async t => {
      const before = tried(t, kind)
      await before.capture.apply(wanted(cart, web))
      const { capture, written } = tried(t, kind)
      await capture.prepare(opening(cart))
      await capture.prepare(opening())
      t.strictSame(written, [])
    })

    t.test('a guard that was displaced is first again', async t => {
      const { capture } = tried(t, kind)
      await capture.apply(wanted(cart, empty))
      const before = saved('filter')
      run(`iptables-${kind}`, '-I', 'INPUT', '-j', 'ACCEPT')
      await capture.prepare(opening(cart))
      run(`iptables-${kind}`, '-D', 'INPUT', '-j', 'ACCEPT')
      t.equal(saved('filter'), before)
    })

    t.test('many ports are guarded in parts, and told again', async t => {
      const { capture, written } = tried(t, kind)
      const many = Array.from({ length: 200 }, (_, index) => ({
        ...guardOf(cart),
        port: port(14_000 + 2 * index),
      }))
      await capture.prepare({ guarded: many, addresses: [] })
      await capture.prepare({ guarded: many, addresses: [] })
      t.equal(written.length, 1)
      t.equal(await heard(inPod, ...directly), 'ECONNREFUSED 14001')
      t.strictSame(await capture.apply({ ...nothingWanted, guarded: many }), ['IPv4'])
      t.notMatch(written[1], /KUBE-NODEPORT-NON-LOCAL - /)
      await capture.remove()
      t.notMatch(saved('filter'), 'KUBE-')
    })
    t.end()
  })
}

await inNamespace(import.meta.url, async () => {
  buildNode()
  await listen()
  await listenTcp(14_001)
  onBackend('nft')
  onBackend('legacy')
})
