import { once } from 'node:events'
import type { Socket } from 'node:net'
import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import { ask, connectFromNode } from '../../examples/demo/request.js'
import { errorCode } from '../../lib/model/error-text.js'
import type { Endpoint } from '../../lib/model/endpoint.js'
import type { TurnedAway } from '../../lib/model/traffic-event.js'
import { inNamespace, needing } from '../namespace.js'
import { deploy, rules, running, sandbox } from './stage.js'

const needsPrlimit = await needing('prlimit', '--version')

/** Opens a connection, and has it answered; or the code of what became of it. */
const visit = async (service: Endpoint): Promise<Socket | string> => {
  try {
    const socket = await connectFromNode(service)
    // A request that is not yet whole: it keeps its connection, which the first byte shows to stand.
    socket.write('hello')
    await once(socket, 'data')
    return socket
  } catch (error) {
    return errorCode(error) ?? String(error)
  }
}

/** Comes again and again, and stays, until somebody is reset. */
const flood = async (service: Endpoint): Promise<readonly Socket[]> => {
  const inside: Socket[] = []
  for (;;) {
    const visitor = await visit(service)
    if (visitor === 'ECONNRESET') return inside
    if (typeof visitor === 'string') throw new Error(visitor)
    inside.push(visitor)
  }
}

await inNamespace(import.meta.url, async () => {
  const cluster = await sandbox()
  const [shop, blog] = [deploy(cluster, 'shop', 1), deploy(cluster, 'blog', 1)]

  t.test(
    'with few open files: the Service that has most waits first, then all; what is open lives on',
    needsPrlimit,
    async t => {
      const portal = await running([], ['prlimit', '--nofile=1024:1024'])
      t.teardown(() => portal.stop())
      await portal.served('default/shop/TCP', 1)
      await portal.served('default/blog/TCP', 1)
      const refused = (servicePort: string): TurnedAway['reason'][] =>
        portal
          .events()
          .flatMap(event =>
            event.type === 'turned-away' && event.servicePort === servicePort ? [event.reason] : [],
          )

      const shoppers = await flood(shop)
      await portal.event('a refusal', isOf('turned-away', 'default/shop/TCP'))
      t.strictSame(refused('default/shop/TCP'), ['more than its share of connections'])
      t.match(await ask(await connectFromNode(blog)), /^blog-/, 'others are served')

      const readers = await flood(blog)
      await portal.event('a refusal', isOf('turned-away', 'default/blog/TCP'))
      t.strictSame(refused('default/blog/TCP'), ['too many connections'])
      t.ok(
        shoppers.length > 120 && readers.length > 10,
        `${shoppers.length} and ${readers.length} are inside`,
      )

      const from = portal.now()
      const news = deploy(cluster, 'news', 1)
      await portal.served('default/news/TCP', 1, from)
      t.match(await rules(), news.address, 'rules can still be written')
      t.equal(await visit(news), 'ECONNRESET')

      const heard = new Set<string>()
      for (const socket of [...shoppers, ...readers]) {
        socket.write('still there')
        heard.add(String(await once(socket, 'data')))
        socket.destroy()
      }
      t.strictSame([...heard], ['still there'], 'what is open lives on')
      const isLast = (): boolean =>
        portal.events().filter(isOf('disconnected')).length > shoppers.length + readers.length
      while (!isLast()) await portal.event('an end', isOf('disconnected'), portal.now())
      for (const service of [shop, blog, news])
        t.match(await ask(await connectFromNode(service)), /-/, 'and all are served again')
      t.strictSame(portal.events().filter(isOf('listen-failed')), [])
    },
  )

  t.test(
    'with more Services than open files allow: those left out are named, the rest is served',
    needsPrlimit,
    async t => {
      const many = Array.from({ length: 700 }, (_, index) => `many-${index}`)
      for (const name of many)
        cluster.objects.create('services', {
          metadata: { name, namespace: 'default' },
          spec: { selector: { app: 'shop' }, ports: [{ port: 80, targetPort: 8080 }] },
        })
      await cluster.idle()
      const portal = await running([], ['prlimit', '--nofile=1024:1024'])
      t.teardown(() => portal.stop())
      const leftOut = portal.events().filter(isOf('listen-failed'))
      t.match(leftOut[0], { reason: /^too few files may be open for so many Services: raise the limit/ })
      const served = new Set(
        portal.events().flatMap(event => (event.type === 'listening' ? [event.servicePort] : [])),
      )
      const named = new Set(leftOut.map(({ servicePort }) => servicePort))
      t.equal(leftOut.length, named.size, 'each is named once')
      const unheard = many.filter(name => ![...named, ...served].some(id => id === `default/${name}/TCP`))
      t.strictSame(unheard, [])
      t.ok(named.size > 100 && served.size > 500, `${served.size} served, ${named.size} left out`)
      t.match(await ask(await connectFromNode(blog)), /^blog-/, 'there is room for their connections')
    },
  )
})
