import t from 'tap'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import { wifiOff, wifiOn } from './network.js'
import { carriesServices, deployServices, losesNobody, replaceUnderLoad } from './services.js'
import { laptopClient } from './web-client.js'
import { startKindStage, startLaptop } from './stage.js'

/** In the range of Services, and nobody's. */
const nobodys = { address: ipAddress('10.96.99.99'), port: port(80) }
const apiServer = { address: ipAddress('10.96.0.1'), port: port(443) }

/** Tests what root gets by one way to lead clients here, over both ways to pods. */
export const carriesForRoot = async (capture: 'redirect' | 'bind'): Promise<void> => {
  const kind = await startLaptop()
  const stage = await startKindStage(kind, 'root', ['--capture', 'none'])
  const deployed = await deployServices(stage)
  const node = laptopClient

  for (const reach of ['routes', 'portforward'])
    t.test(`--capture ${capture} --reach ${reach}`, async t => {
      await stage.restart(['--capture', capture, '--reach', reach])

      t.test('Services of all kinds are carried', async t => {
        const web = await stage.scale('web', 3)
        await stage.synced()
        await carriesServices(
          t,
          { stage, ...deployed, web },
          { client: node, udp: reach === 'routes' ? 'pods' : 'ECONNREFUSED', externals: 'served' },
        )
      })

      t.test('the API server is where its Service is', async t => {
        const socket = await node.connect(apiServer)
        socket.destroy()
        t.pass('it takes connections')
      })

      t.test('with Wi-Fi off all works', async t => {
        await wifiOff()
        t.match(await node.tcp(stage.clusterIp('web')), /^web-/)
        await wifiOn()
      })

      // Who listens on addresses has none for those of nobody: they go where they would go without us.
      if (capture === 'redirect')
        t.test('a cluster IP of nobody is refused at once, with Wi-Fi and without', async t => {
          t.equal(await node.tcp(nobodys), 'ECONNREFUSED')
          await wifiOff()
          t.equal(await node.tcp(nobodys), 'ECONNREFUSED')
          await wifiOn()
        })

      t.test('while pods are replaced one by one, no new connection fails', async t => {
        losesNobody(t, await replaceUnderLoad(stage, node))
      })

      t.test('while the API server is away clients are served, and after that what has changed', async t => {
        await kind.api.stop()
        if (reach === 'routes') t.match(await node.tcp(stage.clusterIp('web')), /^web-/)
        await kind.api.start()
        const web = await stage.scale('web', 2)
        await stage.synced()
        t.strictSame([...new Set(await node.inTurn(stage.clusterIp('web'), 6))].sort(), web)
      })
    })
}
