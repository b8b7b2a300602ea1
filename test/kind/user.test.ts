import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import { runAs } from './laptop.js'
import { carriesServices, deployServices, losesNobody, replaceUnderLoad } from './services.js'
import { socksClient } from './socks-client.js'
import { laptopClient } from './web-client.js'
import { onLaptop, startKindStage, startLaptop } from './stage.js'

const loopback = ipAddress('127.0.0.1')

await onLaptop(import.meta.url, async () => {
  const kind = await startLaptop()
  const stage = await startKindStage(kind, 'user', ['--capture', 'socks', '--reach', 'portforward'])
  const deployed = await deployServices(stage)
  const socks = socksClient({ address: loopback, port: port(1080) })

  t.test('without any right, Services of all kinds are carried by SOCKS and port-forwards', async t => {
    await carriesServices(t, { stage, ...deployed }, { client: socks, externals: 'left alone' })
  })

  t.test('what the laptop reaches best is found out, and pods are what counts', async t => {
    await stage.restart(['--capture', 'socks'])
    const { reach } = await stage.portal.event('a reach', isOf('reach-chosen'))
    t.equal(reach, 'portforward')
  })

  t.test('curl finds Services by their names', async t => {
    for (const name of ['web', 'web.default', 'web.default.svc.cluster.local']) {
      const curl = ['curl', '-sS', '--proxy', 'socks5h://127.0.0.1:1080', `http://${name}/hostname`]
      const { stdout, stderr } = await runAs('user', curl)
      t.ok(deployed.web.includes(stdout.trim()), `${name}: ${stdout}${stderr}`)
    }
  })

  t.test('while pods are replaced one by one, no new connection fails', async t => {
    losesNobody(t, await replaceUnderLoad(stage, socks))
  })

  t.test('when the API server has been away, connections go through it again', async t => {
    await kind.api.stop()
    t.not(await socks.tcp(stage.clusterIp('web')), 'SILENCE')
    await kind.api.start()
    await stage.synced()
    const pods = await stage.scale('web', 3)
    t.ok(pods.includes(await socks.tcp(stage.clusterIp('web'))))
  })

  t.test('with --capture none each Service has a port of 127.0.0.1', async t => {
    await stage.restart(['--capture', 'none', '--reach', 'portforward'])
    const { port: localPort } = await stage.portal.event(
      'a listener',
      isOf('listening', 'default/web:tcp/TCP'),
    )
    losesNobody(t, await replaceUnderLoad(stage, laptopClient, { address: loopback, port: localPort }))
  })
})
