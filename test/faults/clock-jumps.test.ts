import { once } from 'node:events'
import t from 'tap'
import { PortalProcess } from '../../examples/demo/portal-process.js'
import { nodeAddress } from '../../lib/sandbox/network/addresses.js'
import { inNamespace } from '../namespace.js'
import { at } from '../services/heard.js'
import { kubeconfig, startStage } from '../services/stage.js'
import { importing } from './importing.js'

/** With each signal the wall clock is 10 years ahead, then 10 years back, then ahead again. */
const jumping = `
  const decade = 10 * 365 * 24 * 3600 * 1000
  let shift = 0
  process.on('SIGUSR2', () => { shift = shift > 0 ? -decade : decade })
  const Real = Date
  globalThis.Date = class extends Real {
    constructor(...args) { if (args.length > 0) super(...args); else super(Real.now() + shift) }
    static now() { return Real.now() + shift }
  }`

await inNamespace(import.meta.url, async () => {
  const stage = await startStage('nft')
  const { node, pod } = stage.clients
  await stage.deploy('web', { replicas: 2 })
  const ports = ['TCP', 'UDP'].map(protocol => ({
    name: protocol.toLowerCase(),
    protocol,
    port: 80,
    targetPort: 8080,
  }))
  stage.expose('web', { sessionAffinity: 'ClientIP', ports })
  await stage.synced()
  await stage.portal.stop()
  const portal = new PortalProcess(
    ['--kubeconfig', kubeconfig, '--iptables-backend', 'nft', '--hostname-override', stage.cluster.nodeName],
    importing(jumping),
  )
  t.teardown(() => portal.stop())
  await portal.synced()
  await portal.served('default/web:tcp/TCP', 2)

  /** The year that it takes this one for, and whether it is well. */
  const health = async (): Promise<readonly [number, boolean]> => {
    const question = 'GET /healthz HTTP/1.1\r\nhost: node\r\nconnection: close\r\n\r\n'
    const answer = await node.tcp(at(nodeAddress, 10_256), question)
    const [, year] = /"currentTime":"(\d+)-/.exec(answer) ?? []
    return [Number(year), answer.startsWith('HTTP/1.1 200 ')]
  }

  t.test(
    'a clock that is set years ahead or back changes nothing for clients, rules and watches',
    async t => {
      const there = stage.clusterIp('web')
      const client = pod()
      const open = await node.connect(there)
      const before = [await client.tcp(there), await client.udp(there)]
      const [year] = await health()
      const from = portal.now()
      for (const [jump, direction] of [1, -1, 1].entries()) {
        process.kill(portal.pid ?? 0, 'SIGUSR2')
        let [seen, isWell] = await health()
        while (Math.sign(seen - year) !== direction) [seen, isWell] = await health()
        t.ok(isWell, `it is well in ${seen}`)
        open.write('still there')
        t.equal(String((await once(open, 'data'))[0]), 'still there')
        t.strictSame([await client.tcp(there), await client.udp(there)], before, 'clients return')
        const name = `news-${jump}`
        stage.expose(name, { selector: { app: 'web' } })
        await portal.served(`default/${name}/TCP`, 2, from)
        t.match(await node.tcp(stage.clusterIp(name)), /^web-/, 'what changes is served')
      }
      open.destroy()
      const troubles = ['listed', 'api-trouble', 'sync-failed', 'turned-away', 'flow-refused']
      t.strictSame(
        portal.events(from).filter(({ type }) => troubles.includes(type)),
        [],
      )
    },
  )
})
