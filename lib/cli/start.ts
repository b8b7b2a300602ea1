import type { InstanceLock } from '../control/instance-lock.js'
import { machine } from '../host/machine.js'
import { withCapture } from './capture-choice.js'
import type { SayCrash } from './crash/say-crash.js'
import type { Front } from './front.js'
import type { Inheritance } from './inheritance.js'
import { asOnlyInstance } from './only-instance.js'
import type { ChosenOptions, RunOptions } from './options.js'
import { mayChangeMachine } from './options/node.js'
import type { Signals } from './signals.js'
import { chooseStreams } from './streams.js'
import type { NotifySocket } from './supervisor/notify-socket.js'

/** What to do where the right to change this machine is missing. */
const cureFor = ({ capture, reach }: ChosenOptions): string =>
  reach === 'routes' && !mayChangeMachine(capture)
    ? 'run it with sudo, for --reach routes changes routes; --reach portforward needs no privilege'
    : 'run it with sudo; --capture socks, --capture none and --dry-run, which shows what it would do, need no privilege'

const beside = 'run this one beside it with --capture socks or none, which change nothing here'

/** What a process that is to run was started with. */
export interface Start {
  readonly inheritance: Inheritance | undefined
  /** Who is told, as it runs, how it is. */
  readonly notifySocket: NotifySocket | undefined
  /** Told how a crash is said from now on. */
  readonly saysCrash: (say: SayCrash) => void
  /** What somebody in front of it sees. Absent: as the terminal and the options have it. */
  readonly front?: Front
  /** Who asks it to stop. Absent: signals to this process. */
  readonly signals?: Signals
}

/** Whether it changes this machine, which only one may do at a time. */
const changesMachine = ({ capture, reach }: ChosenOptions): boolean =>
  mayChangeMachine(capture) || reach === 'routes'

/**
 * Runs the proxy with what it needs around it: the lock, and a guardian. Resolves with the exit code; rejects with a Failure when it
 * cannot begin.
 */
export const start = async (asked: RunOptions, started: Start): Promise<number> => {
  const { inheritance, notifySocket, saysCrash, front, signals } = started
  const facts = {
    ...{ env: { ...process.env, ...notifySocket?.variables }, host: machine },
    user: process.getuid?.(),
  }
  const { options, why } = await withCapture(asked, facts)
  chooseStreams(machine.platform, process.env.KUBE_PORTAL_STREAMS)
  const work = async (lock?: InstanceLock): Promise<number> => {
    const { countedCrash } = await import('./crash/say-crash.js')
    saysCrash(await countedCrash(options))
    const { run } = await import('./run.js')
    return run(options, { inheritance, lock, notifySocket, whyCapture: why, front, signals })
  }
  if (!changesMachine(options)) return work()
  return asOnlyInstance({ cure: cureFor(options), beside, inheritance }, async lock => {
    const { guarded } = await import('./crash/guarded.js')
    return guarded(options, () => work(lock), facts.env)
  })
}
