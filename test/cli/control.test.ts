import { once } from 'node:events'
import { createServer } from 'node:net'
import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import { ask, connectFromNode } from '../../examples/demo/request.js'
import { machine } from '../../lib/host/machine.js'
import { endpointText } from '../../lib/model/endpoint.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { inNamespace } from '../namespace.js'
import { kubePortal } from './command.js'
import { deploy, deployUdp, running, sandbox, scale } from './stage.js'
import { Trace, verdictOf } from './traced.js'

/** Runs a program that has to work, and resolves with what it says. */
const run = async (command: string): Promise<string> => {
  const [name = '', ...args] = command.split(' ')
  const { code, stdout, stderr } = await machine.run(name, args, { timeout: seconds(10) })
  if (code !== 0) throw new Error(`${command}: ${stderr}`)
  return stdout
}

await inNamespace(import.meta.url, async () => {
  const cluster = await sandbox()
  const web = deploy(cluster, 'web', 2)
  const dns = deployUdp(cluster, 'dns', 1)
  const portal = await running(['--hostname-override', cluster.nodeName])
  t.teardown(() => portal.stop())
  await portal.served('default/web/TCP', 2)
  await portal.served('default/dns/UDP', 1)
  const where = endpointText(web)

  t.test('status shows what is served, and how the whole is', async t => {
    const { code, stdout } = await kubePortal(['status', '-n', 'default', 'web', 'dns'])
    const text = stdout
      .replace(/process \d+/, 'process N')
      .replace(/up \w+/, 'up N')
      .replace(/sync \w+/, 'sync N')
      .replace(/https:[^,]+/, 'URL')
    const rows = [
      ['dns', `${endpointText(dns)}/UDP`, '1/1'],
      ['web', where, '2/2'],
    ].map(
      ([name = '', place = '', ready = '']) =>
        `${name.padEnd(4)}  ${place.padEnd(17)}  ${ready}    yes         yes\n`,
    )
    const width = Math.max(where.length, endpointText(dns).length + 4)
    const head = `NAME  ${'PORTAL'.padEnd(width)}  READY  PROGRAMMED  HEALTHY\n`
    t.equal(
      text,
      `${head}${rows.join('').replaceAll(/^(\S+ +\S+) +(\d)/gm, (_, before: string, ready: string) => `${before.padEnd(width + 6)}  ${ready}`)}
kube-portal 0.1.0, process N, --capture redirect, --reach direct, Node ${cluster.nodeName}
state: ready; up N, last sync N ago
API server: URL, context sandbox, connected
`,
    )
    t.equal(code, 0)
  })

  t.test('a name with a letter too many is a failure that says which was meant', async t => {
    t.match(await kubePortal(['status', 'webb']), {
      code: 1,
      stderr: /no Service webb\n {2}what to do: did you mean web\?/,
    })
    t.match(await kubePortal(['explain', 'svc/webb']), { code: 1, stderr: /did you mean web\?/ })
  })

  t.test('trace follows a connection from its client to its end, and ends with 0 on Ctrl-C', async t => {
    const trace = new Trace(['svc/web'])
    await trace.until(/^waiting/)
    await ask(await connectFromNode(web))
    const steps = await trace.until(/ ended /)
    t.equal(steps.length, 4)
    const [id = ''] = /^#\d+/.exec(steps[0] ?? '') ?? []
    t.match(
      steps.join('\n'),
      new RegExp(`^${id} default/web accepted from 172\\.18\\.0\\.2:\\d+
${id} default/web chosen 10\\.244\\.\\S+:8080, in turn
${id} default/web connected 10\\.244\\.\\S+:8080 after \\S+ ms
${id} default/web ended \\d+ B sent, \\d+ B received, \\S+ ms$`),
    )
    trace.interrupt()
    t.equal(await trace.exit(), 0)
  })

  const explained = async (target: string, ...args: readonly string[]) =>
    kubePortal(['explain', target, ...args])

  t.test('explain finds a healthy way from this machine and from a pod', async t => {
    const local = await explained(where)
    t.equal(local.code, 0, local.stdout)
    t.match(local.stdout, /^ok {2}rule {6}nat KUBE-PORTALS-HOST leads .*\n.*[1-9]\d* clients? so far/m)
    t.match(local.stdout, new RegExp(`^ok {2}portal {4}${where} led to 10\\.244\\.`, 'm'))
    const pod = await explained('svc/web', '--from', '10.244.200.1')
    t.match(pod.stdout, /^ok {2}rule {6}nat KUBE-PORTALS-CONTAINER leads /m)
    t.equal(pod.code, 0)
  })

  t.test('explain of a UDP Service dials nobody', async t => {
    const { code, stdout } = await explained('svc/dns')
    t.match(stdout, /^ok {2}rule {6}nat KUBE-PORTALS-HOST leads /m)
    t.match(stdout, /^-- {2}dial .* is not tried/m)
    t.equal(code, 0)
  })

  t.test('a default route that is missing is the verdict', async t => {
    const [route = ''] = (await run('ip route show default')).trim().split('\n')
    await run('ip route del default')
    const { code, stdout } = await explained('svc/web')
    await run(`ip route add ${route.trim()}`)
    t.match(
      verdictOf(stdout),
      /^verdict: no route to 10\.96\.\S+ Network is unreachable.*\nwhat to do: add a default route/,
    )
    t.equal(code, 1)
  })

  t.test('a jump that somebody takes out is the verdict', async t => {
    let verdict = ''
    let from = 0
    // It is put back within seconds, which may be just before somebody looks.
    for (let attempt = 0; attempt < 5 && !verdict.includes('jump'); attempt += 1) {
      const jump = (await run('iptables-save -t nat'))
        .split('\n')
        .find(line => line.endsWith('-j KUBE-PORTALS-HOST'))
      if (jump === undefined) continue
      from = portal.now()
      await run('iptables -t nat -D OUTPUT 1')
      verdict = verdictOf((await explained('svc/web')).stdout)
    }
    t.match(verdict, /^verdict: no jump leads from nat OUTPUT to our rules/)
    await portal.event('a repair', isOf('rules-repaired'), from)
  })

  t.test("another proxy's rule, and a firewall's, are named", async t => {
    await run('iptables -t nat -N KUBE-SERVICES')
    await run(`iptables -t nat -A KUBE-SERVICES -d ${web.address} -p tcp --dport 80 -j RETURN`)
    await run('iptables -t nat -A OUTPUT -j KUBE-SERVICES')
    t.match(
      (await explained('svc/web')).stdout.replaceAll(/\n +/g, ' '),
      /kube-proxy's rule leads .* away, too/,
    )
    const { port } = await portal.event('a listener', isOf('listening', 'default/web/TCP'))
    const rule = `OUTPUT -p tcp --dport ${port} -j REJECT --reject-with tcp-reset`
    await run(`iptables -A ${rule}`)
    const { code, stdout } = await explained('svc/web')
    await run(`iptables -D ${rule}`)
    await run('iptables -t nat -D OUTPUT -j KUBE-SERVICES')
    await run('iptables -t nat -F KUBE-SERVICES')
    await run('iptables -t nat -X KUBE-SERVICES')
    t.match(
      verdictOf(stdout),
      /^verdict: no connection to .* ECONNREFUSED .*\nwhat to do: see whether rules in INPUT or OUTPUT/,
    )
    t.equal(code, 1)
  })

  t.test('endpoints that refuse, and a Service without any, are the verdict', async t => {
    cluster.objects.create('services', {
      metadata: { name: 'wrong', namespace: 'default' },
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 81 }] },
    })
    await portal.served('default/wrong/TCP', 2)
    const wrong = await explained('svc/wrong')
    t.match(
      verdictOf(wrong.stdout),
      /^verdict: endpoint \S+:81 cannot be reached: connect ECONNREFUSED.*\nwhat to do: .*targetPort/,
    )
    t.match(wrong.stdout, /^!! {2}portal {4}kube-portal reset the connection: every endpoint failed/m)
    t.match(await kubePortal(['status', 'wrong']), { code: 1, stdout: /wrong {2}no endpoint answers/ })
    const from = portal.now()
    scale(cluster, 'web', 0)
    await portal.served('default/web/TCP', 0, from)
    const { stdout } = await explained('svc/web')
    t.match(stdout, /^-- {2}rule {6}filter KUBE-PORTAL-REFUSE says REJECT/m)
    t.match(
      verdictOf(stdout),
      /^verdict: no endpoints: clients are refused\nwhat to do: .*get endpointslices/,
    )
    const back = portal.now()
    scale(cluster, 'web', 2)
    await portal.served('default/web/TCP', 2, back)
  })

  t.test('a node port that another program has is the verdict, and in the status', async t => {
    const rival = createServer(socket => socket.destroy()).listen(30_099, '0.0.0.0')
    await once(rival, 'listening')
    cluster.objects.create('services', {
      metadata: { name: 'taken', namespace: 'default' },
      spec: {
        type: 'NodePort',
        selector: { app: 'web' },
        ports: [{ port: 80, targetPort: 8080, nodePort: 30_099 }],
      },
    })
    await portal.event('the failure', isOf('portal-failed', 'default/taken/TCP'))
    await portal.served('default/taken/TCP', 2)
    const { stdout } = await explained('172.18.0.2:30099')
    t.match(
      verdictOf(stdout),
      /^verdict: not all of it is served: \*:30099: .*EADDRINUSE.*\nwhat to do: end the program/,
    )
    t.match(await kubePortal(['status', 'taken']), { code: 1, stdout: /taken {2}\*:30099: .*EADDRINUSE/ })
    rival.close()
  })
})
