import { networkInterfaces } from 'node:os'
import t from 'tap'
import { AddressWatch } from '../../lib/host/address-watch.js'
import { localAddresses } from '../../lib/host/local-addresses.js'
import { machine } from '../../lib/host/machine.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { FakeClock } from '../fake-clock.js'
import { inNamespace } from '../namespace.js'

const written = (...addresses: readonly string[]): string[] => [
  ...localAddresses(() => ({ eth0: addresses.map(address => ({ address })), eth1: undefined })),
]

t.test('addresses have their one spelling, each once', async t => {
  t.strictSame(written('192.0.2.1', 'FD00::0:1', 'fd00::1', '192.0.2.1'), ['192.0.2.1', 'fd00::1'])
})

t.test('what is no address outside of its link is left out', async t => {
  const eth0 = [
    { address: 'fd00::1', scopeid: 0 },
    { address: 'fe80::1', scopeid: 4 },
  ]
  t.strictSame(
    localAddresses(() => ({ eth0 })),
    ['fd00::1'],
  )
})

t.test('the order in which interfaces come does not matter', async t => {
  t.strictSame(written('192.0.2.9', '10.0.0.1'), written('10.0.0.1', '192.0.2.9'))
})

t.test('a change of addresses is told within 2 s, once', async t => {
  const clock = new FakeClock()
  let now = ['192.0.2.1'].map(ipAddress)
  let told = 0
  const watch = new AddressWatch({ read: () => now, clock })
  watch.start(() => (told += 1))
  await clock.pass(10_000)
  t.equal(told, 0, 'nothing has changed')
  now = ['192.0.2.1', '192.0.2.2'].map(ipAddress)
  t.strictSame(watch.current, ['192.0.2.1'], 'not known yet')
  await clock.pass(2_000)
  t.equal(told, 1)
  t.strictSame(watch.current, now)
  await clock.pass(10_000)
  t.equal(told, 1)
  watch.close()
  watch.close()
  t.equal(clock.alarms, 0, 'nothing is to come')
})

t.test('whoever is told may end the watch', async t => {
  const clock = new FakeClock()
  let now = ['192.0.2.1'].map(ipAddress)
  const watch = new AddressWatch({ read: () => now, clock })
  watch.start(() => watch.close())
  now = []
  await clock.pass(10_000)
  t.equal(clock.alarms, 0)
})

await inNamespace(import.meta.url, () => {
  t.test('an address that somebody adds to an interface is seen', async t => {
    const loopback = localAddresses()
    t.strictSame(loopback, ['127.0.0.1', '::1'], JSON.stringify(networkInterfaces()))
    const add = ['address', 'add', '169.254.77.1/32', 'dev', 'lo']
    await machine.run('ip', add, { timeout: seconds(10) })
    t.strictSame(localAddresses(), ['127.0.0.1', '169.254.77.1', '::1'])
  })
})
