import type { PortalProcess } from '../../examples/demo/portal-process.js'
import { realClock } from '../../lib/cli/real-clock.js'
import type { Endpoint } from '../../lib/model/endpoint.js'
import type { Sandbox } from '../../lib/sandbox/sandbox.js'
import { kubePortal } from '../cli/command.js'
import { begin, deploy, sandbox } from '../cli/stage.js'
import { tables } from '../faults-restart/tables.js'
import type { Backend } from '../services/each-backend.js'
import { Tampered } from './tampered.js'

/** The Service that is served here. */
export const web2 = 'default/web/TCP'

const drain = 1000

/**
 * In milliseconds: the drain timeout here, the second that all the rest of a stop may take, and two more, as a process takes a while
 * to start a program, and to end, on a busy machine. One that waits for what hangs takes half a minute.
 */
const inTime = drain + 1000 + 2000

/** A sandbox with a Service, and `kube-portal run` whose iptables can be tampered with. */
export class StopStage {
  readonly iptables: Tampered
  readonly cluster: Sandbox
  readonly web: Endpoint
  readonly #backend: Backend

  constructor(cluster: Sandbox, backend: Backend) {
    this.cluster = cluster
    this.web = deploy(cluster, 'web', 2)
    this.#backend = backend
    this.iptables = new Tampered([
      ...['ip', 'conntrack', 'iptables', 'ip6tables'],
      ...['iptables', 'ip6tables'].flatMap(each => [`${each}-${backend}-save`, `${each}-${backend}-restore`]),
    ])
  }

  /** Starts it, with a drain timeout of a second. */
  start(args: readonly string[] = []): PortalProcess {
    const usual = ['--iptables-backend', this.#backend, '--drain-timeout', `${drain}ms`]
    return begin([...usual, ...args], this.iptables.runner)
  }

  /** The same. Resolves when the Service is served. */
  async serving(args: readonly string[] = []): Promise<PortalProcess> {
    const portal = this.start(args)
    await portal.served(web2, 2)
    return portal
  }

  tables(): Promise<string> {
    return tables(this.#backend)
  }

  async isLeftBehind(): Promise<boolean> {
    return (await this.tables()).includes('KUBE-PORTAL')
  }

  /** Lets iptables work again, and has everything taken out by `kube-portal cleanup`. Resolves with whether it was. */
  async cleanedUp(): Promise<boolean> {
    this.iptables.mend()
    const { code } = await kubePortal(['cleanup'])
    return code === 0 && !(await this.isLeftBehind())
  }
}

/** Starts all of it but kube-portal in this namespace; it ends with the tests. */
export const startStopStage = async (backend: Backend): Promise<StopStage> =>
  new StopStage(await sandbox(), backend)

/** How a stop ended: with a code, and where it was not done in time, how long it took. */
export const stopped = async (portal: PortalProcess): Promise<string> => {
  const began = realClock.now()
  const code = await portal.stop()
  const took = Math.round(realClock.now() - began)
  return took <= inTime ? `code ${code}` : `code ${code} after ${took} ms`
}
