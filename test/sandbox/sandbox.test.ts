import t from 'tap'
import { realClock as clock } from '../../lib/cli/real-clock.js'
import { machine } from '../../lib/host/machine.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { at, listAt, textsAt } from '../../lib/sandbox/json.js'
import { nodeObject } from '../../lib/sandbox/node-object.js'
import { startSandbox } from '../../lib/sandbox/sandbox.js'
import { inNamespace, needing } from '../namespace.js'

const now = '2026-01-01T00:00:00Z'

await inNamespace(import.meta.url, async () => {
  const sandbox = await startSandbox({
    ...{ host: machine, clock, now: () => new Date(now), random: Math.random },
    onTrouble: error => t.fail('a controller failed', { error }),
  })
  t.teardown(() => sandbox.close())
  const { objects, families } = sandbox
  const ipv6 = { skip: !families.includes('IPv6') && 'the kernel has no IPv6 here' } as const

  await machine.writeFile('/run/kubeconfig', sandbox.kubeconfig)
  const kubectl = async (...args: readonly string[]): Promise<string> => {
    const known = ['--kubeconfig', '/run/kubeconfig', ...args]
    const { stdout, stderr } = await machine.run('kubectl', known, { timeout: seconds(20) })
    return (stdout + stderr).trim().replaceAll(/ {2,}/g, ' ')
  }
  const withKubectl = await needing('kubectl', 'version', '--client')

  t.test('the Node has addresses and pods of every family that the kernel has', async t => {
    const wanted = nodeObject({ name: 'sandbox-node', number: 0, families, now })
    t.match(objects.get('nodes', '', 'sandbox-node'), wanted)
    t.equal(textsAt(wanted, 'spec', 'podCIDRs').length, families.length)
    t.match(listAt(wanted, 'status', 'addresses')[0], { type: 'InternalIP', address: '172.18.0.2' })
  })

  t.test('the Service of the API server is single stack, as in every cluster', async t => {
    t.match(objects.get('services', 'default', 'kubernetes'), {
      spec: { clusterIPs: ['10.96.0.1'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' },
    })
  })

  t.test(
    'a dual-stack Service has endpoints of both families, and its Endpoints the first',
    ipv6,
    async t => {
      objects.create('pods', {
        metadata: { name: 'web', namespace: 'default', labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'any', ports: [{ containerPort: 80 }] }] },
      })
      const spec = { selector: { app: 'web' }, ports: [{ port: 80 }], ipFamilies: ['IPv6', 'IPv4'] }
      objects.create('services', {
        metadata: { name: 'web', namespace: 'default' },
        spec: { ...spec, ipFamilyPolicy: 'RequireDualStack' },
      })
      const addresses = (): readonly unknown[] =>
        objects
          .list('endpointslices', 'default')
          .filter(({ metadata: { labels } }) => labels?.['kubernetes.io/service-name'] === 'web')
          .flatMap(slice =>
            listAt(slice, 'endpoints').map(each => [slice.addressType, at(each, 'addresses')]),
          )
      await new Promise<void>(resolve => {
        const end = objects.onChange(() => {
          if (addresses().length < 2) return
          end()
          resolve()
        })
      })
      const pod = objects.get('pods', 'default', 'web')
      const [four, six] = listAt(pod, 'status', 'podIPs').map(entry => at(entry, 'ip'))
      t.strictSame([...addresses()].sort(), [
        ['IPv4', [four]],
        ['IPv6', [six]],
      ])
      await sandbox.idle()
      t.match(objects.get('endpoints', 'default', 'web'), { subsets: [{ addresses: [{ ip: six }] }] })
      const answer = await fetch(`http://[${String(six)}]/clientip`)
      t.equal(await answer.text(), 'fd00:10:244::1\n')
    },
  )

  t.test('kubectl prints the ranges of cluster IPs', withKubectl, async t => {
    const ranges = families.length > 1 ? '10.96.0.0/16,fd00:10:96::/112' : '10.96.0.0/16'
    const [head, line] = (await kubectl('get', 'servicecidrs')).split('\n')
    t.equal(head, 'NAME CIDRS AGE')
    t.equal(line, `kubernetes ${ranges} 0s`)
  })

  t.test('kubectl can play the load balancer', withKubectl, async t => {
    objects.create('services', {
      metadata: { name: 'edge', namespace: 'default' },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
    })
    const patch = { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } }
    const said = await kubectl(
      'patch',
      'service',
      'edge',
      '--subresource=status',
      '-p',
      JSON.stringify(patch),
    )
    t.equal(said, 'service/edge patched')
    t.match(objects.get('services', 'default', 'edge'), {
      status: { loadBalancer: { ingress: [{ ip: '192.0.2.1', ipMode: 'VIP' }] } },
    })
  })
})
