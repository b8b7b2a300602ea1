// The first process of the demo's namespaces. When it ends, everything in them does.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { machine } from '../../lib/host/machine.js'
import { errorText } from '../../lib/model/error-text.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { realClock } from '../../lib/cli/real-clock.js'
import { settle } from '../../lib/sandbox/network/namespace.js'
import { inPods } from '../../lib/sandbox/network/node-network.js'
import { type Sandbox, startSandbox } from '../../lib/sandbox/sandbox.js'
import { Cluster } from './cluster.js'
import { Narrator } from './narrator.js'
import { PortalProcess } from './portal-process.js'
import type { Scene } from './scene.js'
import * as story from './story.js'

const kubeconfig = '/run/sandbox/kubeconfig'

const rulesWith = async (text: string): Promise<readonly string[]> => {
  const { stdout } = await machine.run('iptables-save', [], { timeout: seconds(10) })
  return stdout.split('\n').filter(line => line.includes(text))
}

const startCluster = async (narrator: Narrator): Promise<Sandbox> => {
  narrator.step('A cluster starts in network namespaces of its own; this machine is not touched')
  await settle(machine)
  const sandbox = await startSandbox({
    host: machine,
    clock: realClock,
    now: () => new Date(),
    random: Math.random,
    onTrouble: error => narrator.tell(`a controller failed: ${errorText(error)}`),
  })
  await machine.writeFile(kubeconfig, sandbox.kubeconfig)
  narrator.tell(`an API server at ${sandbox.url}, the node ${sandbox.nodeName}, pods behind its bridge cni0`)
  return sandbox
}

/** What kube-portal says, for visitors. */
const log = '/run/sandbox/kube-portal.log'

const startPortal = async (narrator: Narrator, { nodeName }: Sandbox): Promise<PortalProcess> => {
  narrator.step('kube-portal run')
  const portal = new PortalProcess(['--kubeconfig', kubeconfig, '--hostname-override', nodeName], [], { log })
  await portal.synced()
  narrator.tell(
    `it runs as process ${portal.pid ?? '?'}, knows the cluster only through the API, and serves its Services`,
  )
  return portal
}

const tell = async (scene: Scene): Promise<void> => {
  const there = await story.apply(scene)
  await story.showRule(scene, there)
  await story.roundRobin(scene, there)
  const pod = await story.affinity(scene, there)
  await story.podDeleted(scene, there, pod)
  await story.nobodyThere(scene, there)
  await story.serviceDeleted(scene, there)
}

/** A shell inside, for as long as the visitor wants. */
const visit = async ({ narrator }: Scene, { pods }: Sandbox): Promise<void> => {
  narrator.step('A shell inside the sandbox; kube-portal goes on running; leave it with exit')
  narrator.tell('kubectl (where installed) and curl are pointed at this cluster:')
  narrator.show([
    'kubectl get services,pods -A',
    'curl http://CLUSTER-IP:PORT/',
    'iptables-save -t nat | grep KUBE-PORTALS',
    `tail ${log}                       (what kube-portal says)`,
    `${inPods(pods.pid).join(' ')} curl --interface POD-IP http://CLUSTER-IP:PORT/     (as a pod)`,
  ])
  const shell = spawn(process.env.SHELL ?? '/bin/sh', [], {
    stdio: 'inherit',
    env: { ...process.env, KUBECONFIG: kubeconfig },
  })
  await once(shell, 'exit')
}

const main = async (shell: 'with a shell' | 'without'): Promise<number> => {
  const narrator = new Narrator(text => void process.stdout.write(text))
  const leave = (): never => process.exit(130)
  // The first process of a namespace is not ended by signals that it does not listen to.
  process.on('SIGINT', leave).on('SIGTERM', leave)
  const sandbox = await startCluster(narrator)
  const portal = await startPortal(narrator, sandbox)
  const stop = (): void => void portal.stop().finally(leave)
  process.off('SIGINT', leave).off('SIGTERM', leave).on('SIGINT', stop).on('SIGTERM', stop)
  const scene: Scene = {
    narrator,
    cluster: new Cluster(sandbox.kubeconfig),
    portal,
    connectFromPod: (from, to) => sandbox.pods.connect(from, to),
    rulesWith,
  }
  await tell(scene)
  if (shell === 'with a shell') await visit(scene, sandbox)
  await story.stopped(scene)
  narrator.tell('all of it happened; with this process the namespaces end, and nothing is left')
  return 0
}

try {
  process.exit(await main(process.argv.includes('--shell') ? 'with a shell' : 'without'))
} catch (error) {
  process.stdout.write(`\ndemo: FAILED: ${errorText(error)}\n`)
  process.exit(1)
}
