import t from 'tap'
import { PortalProcess } from '../../examples/demo/portal-process.js'
import { inNamespace, needing } from '../namespace.js'
import { Stage } from '../services/stage.js'
import { type Kind, type KindOptions, startKind } from './kind.js'
import { kubeconfigFile, program, runnerOf, type Who } from './laptop.js'

/** Runs the tests of a file (`import.meta.url`) on a laptop of their own: only root can make one, for it has a user, too. */
export const onLaptop = (file: string, tests: () => Promise<void>): Promise<void> =>
  inNamespace(file, async () => {
    const { skip } = await needing('setpriv', '--reuid=1000', '--regid=1000', '--clear-groups', 'true')
    if (skip === false) await tests()
    else t.pass('on a laptop', { skip })
  })

/** A laptop with kind, without kube-portal. It ends with the tests. */
export const startLaptop = async (options: Omit<KindOptions, 'onTrouble'> = {}): Promise<Kind> => {
  const kind = await startKind({
    ...options,
    onTrouble: error => t.fail('a controller failed', { error }),
  })
  t.teardown(() => kind.close())
  return kind
}

/** Starts `kube-portal run`, whose log is read. It ends with the tests. */
export const startPortal = (who: Who, args: readonly string[]): PortalProcess => {
  const whose = who === 'root' ? ['--kubeconfig', kubeconfigFile] : []
  const usual = [...whose, '--iptables-min-sync-period', '20ms', '--drain-timeout', '1s']
  const portal = new PortalProcess([...usual, ...args], runnerOf(who), { program })
  t.teardown(() => portal.stop())
  return portal
}

/** A Stage on the laptop: its `clients.node` is a program there. Resolves when kube-portal, started by `who`, serves. */
export const startKindStage = async (kind: Kind, who: Who, args: readonly string[]): Promise<Stage> => {
  const stage = new Stage(kind, more => startPortal(who, more), args)
  await stage.portal.synced()
  return stage
}
