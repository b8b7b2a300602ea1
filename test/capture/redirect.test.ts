import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { nothingWanted, type Wanted } from '../../lib/capture/capture.js'
import { talk } from './client.js'
import { udpClient, udpClientIn } from '../udp-client.js'
import { inNamespace } from '../namespace.js'
import { run, without } from './commands.js'
import { buildNode, clientInPod, heardInPod, inPod, listen, listenUdp, nodeAddress } from './node-and-pod.js'
import { tried } from './tried.js'
import type { WholeCapture } from './whole.js'
import { guardOf, refused, served, wanted } from './wanted.js'

const cart = served({ address: '10.96.0.10', localPort: 14_000 })
const empty = refused({ name: 'shop/empty', address: '10.96.0.11', localPort: 14_001 })
const dns = served({ name: 'shop/dns', address: '10.96.0.12', port: 53, protocol: 'UDP', localPort: 14_002 })
const others = Array.from({ length: 100 }, (_, index) =>
  served({ name: `other/s${index}`, address: `10.96.1.${index}`, localPort: 15_000 + index }),
)

/** What a pod's 2,000 connections and more hear while the rules change back and forth, 20 times and more. */
const heardDuringSwaps = async (capture: WholeCapture, one: Wanted, other: Wanted): Promise<string[]> => {
  await capture.apply(one)
  const client = clientInPod('10.96.0.10', '80', '2000')
  const answers = text(client.stdout)
  for (let swap = 0; swap < 20 || !client.stdout.readableEnded; swap++) {
    await capture.apply(swap % 2 === 0 ? other : one)
    if (swap === 19) client.stdin.end()
  }
  return (await answers).trim().split('\n')
}

const onBackend = (kind: 'nft' | 'legacy'): void => {
  t.test(`with iptables-${kind}`, { skip: without(`iptables-${kind}-save`) }, t => {
    t.test('a portal leads to its listener, from the node and from a pod', async t => {
      const { capture } = tried(t, kind)
      t.strictSame(await capture.apply(wanted(cart, empty)), ['IPv4'])
      t.equal(await talk('10.96.0.10', 80), 'hello')
      t.equal(await heardInPod('10.96.0.10', 80), '1 hello')
    })

    t.test('a portal without endpoints refuses at once, on the node and in a pod', async t => {
      const { capture } = tried(t, kind)
      await capture.apply(wanted(cart, empty))
      t.equal(await talk('10.96.0.11', 80), 'ECONNREFUSED')
      t.equal(await heardInPod('10.96.0.11', 80), '1 ECONNREFUSED')
    })

    t.test('a listener cannot be reached directly', async t => {
      const { capture } = tried(t, kind)
      t.equal(await talk('127.0.0.1', 14_000), 'hello', 'it can without the guard')
      await capture.apply(wanted(cart))
      t.equal(await talk('127.0.0.1', 14_000), 'ECONNREFUSED')
      t.equal(await talk(nodeAddress, 14_000), 'ECONNREFUSED')
      t.equal(await heardInPod(nodeAddress, 14_000), '1 ECONNREFUSED')
    })

    t.test('a UDP listener cannot be reached directly, and its portal leads to it', async t => {
      const { capture } = tried(t, kind)
      const direct = [
        await udpClient({ host: '127.0.0.1', port: 14_002 }),
        udpClientIn(inPod, { host: nodeAddress, port: 14_002 }),
      ]
      const portal = [
        await udpClient({ host: '10.96.0.12', port: 53 }),
        udpClientIn(inPod, { host: '10.96.0.12', port: 53 }),
      ]
      t.teardown(() => [...direct, ...portal].forEach(client => client.close()))
      for (const client of direct) t.equal(await client.ask(), '14002', 'it can without the guard')
      await capture.apply(wanted(cart, dns))
      for (const client of direct) t.equal(await client.ask(), 'ECONNREFUSED')
      for (const client of portal) t.equal(await client.ask(), '14002')
    })

    t.test('a portal works on a machine that lets nothing in', async t => {
      const { capture } = tried(t, kind)
      run(`iptables-${kind}`, '-P', 'INPUT', 'DROP')
      t.teardown(() => run(`iptables-${kind}`, '-P', 'INPUT', 'ACCEPT'))
      await capture.apply(wanted(cart, dns))
      t.equal(await heardInPod('10.96.0.10', 80), '1 hello')
      const client = udpClientIn(inPod, { host: '10.96.0.12', port: 53 })
      t.teardown(() => client.close())
      t.equal(await client.ask(), '14002')
    })

    t.test('an open connection goes on when its portal is gone, while the guard stands', async t => {
      const { capture } = tried(t, kind)
      await capture.apply(wanted(cart))
      const socket = connect({ host: '10.96.0.10', port: 80 })
      t.teardown(() => socket.destroy())
      await once(socket, 'data')
      await capture.apply({ ...nothingWanted, guarded: [guardOf(cart)] })
      socket.write('still there?')
      const signal = AbortSignal.timeout(5_000)
      t.equal(String(await once(socket, 'data', { signal })), 'still there?')
      t.not(await talk('10.96.0.10', 80), 'hello')
    })

    t.test('clients do not notice when rules are replaced', async t => {
      const { capture } = tried(t, kind)
      const answers = await heardDuringSwaps(capture, wanted(cart), wanted(cart, ...others))
      t.match(answers, [/^\d+ hello$/])
      t.equal(answers.length, 1)
      t.comment(answers.join())
    })

    t.test('clients hear either a refusal or an answer while endpoints come and go', async t => {
      const { capture } = tried(t, kind)
      const gone = { ...cart, verdict: 'refuse' } as const
      const answers = await heardDuringSwaps(capture, wanted(cart, ...others), wanted(gone, ...others))
      t.match(answers.sort(), [/^\d+ (hello|ECONNREFUSED)$/, /^\d+ (hello|ECONNREFUSED)$/])
      t.equal(answers.length, 2)
      t.comment(answers.join())
    })
    t.end()
  })
}

await inNamespace(import.meta.url, async () => {
  buildNode()
  await listen()
  await listenUdp(14_002)
  onBackend('nft')
  onBackend('legacy')
})
