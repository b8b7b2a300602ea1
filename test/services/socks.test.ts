import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import { machine } from '../../lib/host/machine.js'
import type { Output } from '../../lib/host/host.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { run } from '../capture/commands.js'
import { inNamespace, needing } from '../namespace.js'
import { at } from './heard.js'
import { startStage } from './stage.js'

const powerless = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--ambient-caps=-all']

const network = (): string => run('iptables-save') + run('ip', 'route', 'show', 'table', 'all')

const ports = [
  { name: 'tcp', port: 80, targetPort: 8080 },
  { name: 'udp', port: 81, targetPort: 8080, protocol: 'UDP' },
]

const curl = (proxy: string, url: string): Promise<Output> =>
  machine.run('curl', ['-sS', '--max-time', '10', '--proxy', proxy, url], { timeout: seconds(15) })

await inNamespace(import.meta.url, async () => {
  const stage = await startStage('nft', { args: ['--capture', 'socks'], runner: powerless })
  const before = network()
  const pods = await stage.deploy('web', { replicas: 2 })
  stage.expose('web', { ports, externalIPs: ['198.51.100.7'] })
  stage.expose('lonely')
  stage.expose('parts', { clusterIP: 'None' })
  await stage.synced()
  const { portal } = stage
  const { address } = stage.clusterIp('web')
  const get = (url: string): Promise<Output> => curl('socks5h://127.0.0.1:1080', url)

  t.test(
    'all names and addresses of a Service lead to its pods in turn, without any right',
    await needing('curl', '-V'),
    async t => {
      const names = ['web', 'WEB.default', 'web.default.svc.', 'web.default.svc.cluster.local']
      for (const host of [...names, address, '198.51.100.7']) {
        const answers = [await get(`http://${host}/`), await get(`http://${host}/`)]
        t.strictSame(answers.map(({ stdout }) => stdout.trim()).sort(), pods, host)
      }
      t.equal(network(), before)
    },
  )

  t.test(
    'who asks for something else is refused, and the log says why',
    await needing('curl', '-V'),
    async t => {
      const whys = [
        // A number is what curl says of the reply: "Can't complete SOCKS5 connection to … (4)".
        ['http://wen/', 4, 'there is no Service default/wen'],
        [
          'http://parts/',
          4,
          'default/parts is not served: headless: clients connect to its endpoints themselves',
        ],
        [
          'http://web-0.parts.default.svc/',
          4,
          'single pods and ports have no names here, only Services have',
        ],
        [
          'http://web:81/',
          5,
          /default\/web has port 81 for UDP only; what to do: send datagrams to local port \d+/,
        ],
        [`http://${address}:8080/`, 5, 'default/web has no TCP port 8080, but 80'],
        ['http://example.com.invalid/', 2, /no Service of this cluster/],
        ['http://127.0.0.1:6443/', 2, /no Service of this cluster/],
      ] as const
      for (const [url, reply, why] of whys) {
        const from = portal.now()
        const [{ code, stderr }, { reason }] = await Promise.all([
          get(url),
          portal.event('a refusal', isOf('socks-refused'), from),
        ])
        t.equal(code, 97, url)
        t.match(stderr, `(${reply})`, url)
        t.match(reason, why, url)
      }
      t.match((await get('http://lonely/')).stderr, '(5)', 'without endpoints')
      t.match((await curl('http://127.0.0.1:1080', 'http://web/')).stdout, 'this is a SOCKS5 port')
    },
  )

  t.test('a UDP Service is at its local port, which the log names', async t => {
    const { port } = await portal.event('a listener', isOf('listening', 'default/web:udp/UDP'))
    t.ok(pods.includes(await stage.clients.node.udp(at('127.0.0.1', port))))
  })

  t.test('a reload loses no client, and a stop leaves nothing', await needing('curl', '-V'), async t => {
    const from = portal.now()
    process.kill(portal.pid ?? 0, 'SIGHUP')
    const over = new AbortController()
    void portal.event('a takeover', isOf('took-over'), from).then(() => over.abort())
    const answers: Output[] = []
    while (!over.signal.aborted) answers.push(await get('http://web/'))
    answers.push(await get('http://web/'))
    t.ok(answers.length > 1)
    t.strictSame(
      answers.filter(({ code }) => code !== 0),
      [],
    )
    t.equal(await portal.stop(), 0)
    t.equal(network(), before)
  })
})
