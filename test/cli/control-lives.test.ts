import t from 'tap'
import { ask, connectFromNode } from '../../examples/demo/request.js'
import { endpointText } from '../../lib/model/endpoint.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { inNamespace } from '../namespace.js'
import { kubePortal } from './command.js'
import { deploy, running, sandbox } from './stage.js'
import { Trace, verdictOf } from './traced.js'

/** The process that answers. */
const servingProcess = async (): Promise<number> => {
  const { stdout } = await kubePortal(['status'])
  return Number(/process (\d+)/.exec(stdout)?.[1])
}

await inNamespace(import.meta.url, async () => {
  const cluster = await sandbox()
  const web = deploy(cluster, 'web', 2)
  const portal = await running(['--hostname-override', cluster.nodeName])
  await portal.served('default/web/TCP', 2)

  t.test('a trace goes on in the process that takes over', async t => {
    const trace = new Trace(['svc/web'])
    await trace.until(/^waiting/)
    const { pid = 0 } = portal
    process.kill(pid, 'SIGHUP')
    await trace.until(/^a new process has taken over/)
    await trace.until(/^waiting/)
    await ask(await connectFromNode(web))
    t.match((await trace.until(/ ended /)).at(0), /accepted/)
    t.not(await servingProcess(), pid)
    trace.interrupt()
    t.equal(await trace.exit(), 0)
  })

  t.test('after a crash, explain says what the rules that stand do; all three end with 3', async t => {
    const trace = new Trace(['svc/web'])
    await trace.until(/^waiting/)
    process.kill(await servingProcess(), 'SIGKILL')
    await trace.until(/^kube-portal has ended/)
    t.equal(await trace.exit(), 3)
    await portal.exit()
    const explanation = await kubePortal(['explain', 'svc/web'])
    t.match(
      verdictOf(explanation.stdout),
      /^verdict: kube-portal does not run; rules of its last run still lead clients to local port 14\d+, where nobody listens: they are refused\nwhat to do: start it/,
    )
    t.equal(explanation.code, 3)
    t.match((await kubePortal(['explain', endpointText(web)])).stdout, /they are refused/)
    t.match(await kubePortal(['status']), {
      code: 3,
      stderr: /no kube-portal answers.*\n {2}what to do: start it/,
    })
  })

  t.test(
    'after a start, it answers at the socket that the crash left, and after a stop nobody does',
    async t => {
      const again = await running(['--hostname-override', cluster.nodeName])
      t.match(await kubePortal(['status', '-l', 'app=none']), { code: 0 })
      const somePod = ipAddress('10.244.200.1')
      t.match(await ask(await cluster.pods.connect(somePod, web)), /^web-/)
      await again.stop()
      t.match(await kubePortal(['status']), { code: 3 })
    },
  )
})
