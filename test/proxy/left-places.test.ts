import t from 'tap'
import { endpointText } from '../../lib/model/endpoint.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import type { Portal } from '../../lib/model/portal.js'
import type { ServicePort } from '../../lib/model/service-port.js'
import { type Hold, Holders } from '../../lib/proxy/holders.js'
import { servicePort } from './stage.js'

const picker = { next: () => undefined, forget: () => undefined, replace: () => undefined }

/** At the number of a place of its own. */
const holdAt = (number: number, ofPort: ServicePort): Hold => {
  const portal: Portal = { kind: 'cluster-ip', address: ipAddress('10.96.0.10'), port: port(number) }
  return { place: portal, portal, servicePort: ofPort, picker }
}

/** Holders whose listeners note what they are told. */
const stage = () => {
  const notes: string[] = []
  const holders = new Holders({
    listen: ({ port: number }) =>
      Promise.resolve({
        port: number,
        isWhole: true,
        update: ({ endpoints }) =>
          void notes.push(`${number} -> ${endpoints.map(endpointText).join() || 'nobody'}`),
        close: () => Promise.resolve(void notes.push(`close ${number}`)),
      }),
    report: () => undefined,
  })
  /** Holds these, lets go of the rest, and returns what was noted. */
  const sync = async (...holds: readonly Hold[]): Promise<readonly string[]> => {
    await holders.hold(holds)
    await holders.release()
    return notes.splice(0)
  }
  const close = async (): Promise<readonly string[]> => {
    await holders.close()
    return notes.splice(0)
  }
  return { sync, close }
}

t.test('those who came to a Service’s own place hear that nobody serves it when it is removed', async t => {
  const { sync } = stage()
  t.strictSame(await sync(holdAt(80, servicePort('cart', 1))), ['80 -> 10.244.0.1:8080'])
  t.strictSame(await sync(), ['80 -> nobody', 'close 80'])
})

t.test('where only a place goes, its Service serves whom it has, as it is now', async t => {
  const { sync } = stage()
  await sync(holdAt(80, servicePort('cart', 1)), holdAt(81, servicePort('cart', 1)))
  t.strictSame(await sync(holdAt(80, servicePort('cart', 2))), [
    '80 -> 10.244.0.1:8080,10.244.0.2:8080',
    '81 -> 10.244.0.1:8080,10.244.0.2:8080',
    'close 81',
  ])
})

t.test('the clients of a place that goes to another Service are the first one’s', async t => {
  const { sync } = stage()
  await sync(holdAt(80, servicePort('cart', 1)))
  t.strictSame(await sync(holdAt(80, servicePort('web', 2))), [
    '80 -> nobody',
    'close 80',
    '80 -> 10.244.0.1:8080,10.244.0.2:8080',
  ])
})

t.test('a stop tells them nothing: they are drained', async t => {
  const { sync, close } = stage()
  await sync(holdAt(80, servicePort('cart', 1)))
  t.strictSame(await close(), ['close 80'])
  t.strictSame(await close(), [])
})
