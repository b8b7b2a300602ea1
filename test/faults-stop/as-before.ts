import t, { type Test } from 'tap'
import { everything, output, programs } from '../everything.js'
import { harmless } from '../capture/kube-proxy-left.js'
import { kubePortal } from '../cli/command.js'
import { running, sandbox } from '../cli/stage.js'

/** Rules and chains of others, some with names that are nearly ours. */
const foreign = `${harmless}*filter
:MINE - [0:0]
:KUBE-PORTALFOO - [0:0]
-A INPUT -p tcp -m tcp --dport 22 -m comment --comment "KUBE-PORTALS-HOST" -j MINE
-A MINE -j KUBE-PORTALFOO
-A FORWARD -j MINE
COMMIT
*nat
:KUBE-PORTAL-0123456789ABC - [0:0]
-A PREROUTING -p tcp -m tcp --dport 8443 -j REDIRECT --to-ports 443
-A OUTPUT -j KUBE-PORTAL-0123456789ABC
COMMIT
`

const cleanup = async (...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await kubePortal(['cleanup', ...args])
  return code === 0 ? stdout : `ended with ${code}: ${stderr}`
}

/** Tests that a machine with rules of others is as before when a run, started with `args`, was stopped, and when one crashed. */
export const leavesAllAsBefore = async (args: readonly string[]): Promise<void> => {
  const cluster = await sandbox()
  for (const type of ['ClusterIP', 'NodePort'])
    cluster.objects.create('services', {
      metadata: { name: type.toLowerCase(), namespace: 'default' },
      spec: { type, ipFamilyPolicy: 'PreferDualStack', ports: [{ port: 80 }] },
    })
  for (const program of programs) await output([`${program}-restore`, '--noflush'], foreign)
  const before = await everything()
  const changed = async (t: Test): Promise<void> => void t.not(await everything(), before, 'a run changes it')

  t.test('after a stop everything is as before, byte for byte', async t => {
    const portal = await running(args)
    await changed(t)
    t.equal(await portal.stop(), 0)
    t.equal(await everything(), before)
  })

  t.test('after kill -9 cleanup says what it would remove, removes that, and all is as before', async t => {
    const portal = await running(args)
    await portal.kill()
    await changed(t)
    const crashed = await everything()
    const would = await cleanup('--dry-run')
    t.equal(await everything(), crashed, 'a dry run changes nothing')
    t.match(would, /^would remove IPv4 .*\n(?:would remove .*\n)*would remove IPv6 /)
    t.equal(await cleanup(), would.replaceAll('would remove', 'removed'))
    t.equal(await everything(), before)
    t.equal(await cleanup(), 'nothing to remove\n')
    t.equal(await everything(), before)
  })
}
