import t from 'tap'
import { realClock as clock } from '../../lib/cli/real-clock.js'
import { machine } from '../../lib/host/machine.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { startSandbox } from '../../lib/sandbox/sandbox.js'
import { inNamespace } from '../namespace.js'

const disable = '/proc/sys/net/ipv6/conf/all/disable_ipv6'

await inNamespace(import.meta.url, async () => {
  if ((await machine.readFile(disable)) !== undefined)
    await machine.run('tee', [disable], { timeout: seconds(10), input: '1' })
  const sandbox = await startSandbox({
    ...{ host: machine, clock, now: () => new Date(), random: Math.random },
    onTrouble: error => t.fail('a controller failed', { error }),
  })
  t.teardown(() => sandbox.close())

  t.test('where the kernel has no IPv6, the sandbox is of IPv4 alone', async t => {
    t.strictSame(sandbox.families, ['IPv4'])
    const { objects } = sandbox
    t.match(objects.get('nodes', '', sandbox.nodeName)?.spec, { podCIDRs: ['10.244.0.0/24'] })
    t.match(objects.get('servicecidrs', '', 'kubernetes')?.spec, { cidrs: ['10.96.0.0/16'] })
    const spec = { ipFamilyPolicy: 'RequireDualStack', ports: [{ port: 80 }] }
    t.throws(() => objects.create('services', { metadata: { name: 'web' }, spec }), { code: 422 })
  })
})
