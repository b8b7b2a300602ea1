import { Command, CommanderError } from 'commander'
import { errorStack } from '../model/error-text.js'
import { Failure } from '../model/failure.js'
import { machine } from '../host/machine.js'
import { checkOpenFiles } from '../host/open-files.js'
import { withConfigCommand } from './configuration/command.js'
import { configured } from './configuration/configured.js'
import type { SayCrash } from './crash/say-crash.js'
import { exitCode, exitCodeHelp } from './exit-code.js'
import { findInheritance, type Inheritance } from './inheritance.js'
import { onUncaught } from './on-uncaught.js'
import { withCompletion } from './commands/completion.js'
import { withDoctor } from './commands/doctor.js'
import { withExec } from './commands/exec.js'
import { withExplain } from './commands/explain.js'
import { withHosts } from './commands/hosts.js'
import { withStatus } from './commands/status.js'
import { withTrace } from './commands/trace.js'
import { asOnlyInstance } from './only-instance.js'
import { type CleanupOptions, type RunOptions, withCleanupOptions, withRunOptions } from './options.js'
import { checkPossible, fullCapture } from './possible-here.js'
import { sayError } from './say-error.js'
import type { Start } from './start.js'
import { type NotifySocket, takeNotifySocket } from './supervisor/notify-socket.js'
import { version } from './version.js'

// Each command is loaded when it is called, and a second instance turned away before that: what needs no Kubernetes client
// does not wait for one to load.
const cleanupAction = async (options: CleanupOptions): Promise<void> => {
  await asOnlyInstance({ cure: 'run it with sudo' }, async () => {
    const { cleanup } = await import('./cleanup.js')
    await cleanup(options)
  })
}

/** What a command leaves for the end of the process. */
interface Invocation {
  /** How a crash is said: differently once there is a log. */
  sayCrash: SayCrash
  code: number
  /** Who else is told how it ended, where this process is a successor. */
  inheritance?: Inheritance | undefined
  /** Who is told, as it runs, how it is. */
  notifySocket?: NotifySocket | undefined
}

const runAction = async (command: Command, invocation: Invocation): Promise<void> => {
  invocation.notifySocket = takeNotifySocket()
  const inheritance = findInheritance()
  invocation.inheritance = inheritance
  try {
    invocation.code = await runWith(await configured(command), invocation)
  } finally {
    inheritance?.starter.close()
  }
}

/** Resolves with the exit code. */
const runWith = async (options: RunOptions, invocation: Invocation): Promise<number> => {
  const { writeConfigTo = '' } = options
  if (writeConfigTo !== '') {
    const { writeConfiguration } = await import('./configuration/write.js')
    await writeConfiguration(options, writeConfigTo)
    return exitCode.well
  }
  if (options.cleanup) {
    await cleanupAction(options)
    return exitCode.well
  }
  checkPossible(options, machine.platform)
  await checkOpenFiles(machine)
  if (options.dryRun) {
    const { dryRun } = await import('./dry-run.js')
    // What it shows is what it would do with every right.
    const capture = options.capture === 'auto' ? fullCapture[machine.platform] : options.capture
    await dryRun({ ...options, capture })
    return exitCode.well
  }
  const { start } = await import('./start.js')
  return start(options, startOf(invocation))
}

const startOf = (invocation: Invocation): Start => ({
  inheritance: invocation.inheritance,
  notifySocket: invocation.notifySocket,
  saysCrash: say => {
    invocation.sayCrash = say
  },
})

const execAction = async (
  command: readonly string[],
  from: Command,
  invocation: Invocation,
): Promise<void> => {
  const options = await configured(from)
  checkPossible(options, machine.platform)
  await checkOpenFiles(machine)
  const { exec } = await import('./exec.js')
  invocation.code = await exec(command, options, startOf(invocation))
}

const program = (invocation: Invocation): Command => {
  const root = new Command('kube-portal')
    .description('A userspace Service proxy for Kubernetes.')
    .version(version)
    .helpCommand(false)
    .showHelpAfterError('Run with --help for all options.')
    // So that even the longest option leaves room for its words on 80 columns.
    .configureHelp({ minWidthToWrap: 30 })
    .exitOverride()
    .addHelpText('after', exitCodeHelp)
  withRunOptions(
    root.command('run').description('proxy the Services of a cluster on this machine, until it is stopped'),
  )
    .addHelpText('after', exitCodeHelp)
    .version(version)
    .action((_, command: Command) => runAction(command, invocation))
  withExec(root, (command, from) => execAction(command, from, invocation))
  withCleanupOptions(root.command('cleanup').description('remove everything that kube-portal left here'))
    .addHelpText('after', exitCodeHelp)
    .action(cleanupAction)
  withStatus(root, invocation)
  withTrace(root, invocation)
  withExplain(root, invocation)
  withHosts(root)
  withDoctor(root, invocation)
  withCompletion(root)
  withConfigCommand(root, code => (invocation.code = code))
  return root
}

const codeFor = (error: unknown, { sayCrash }: Invocation): number => {
  // commander has already said what it had to say.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.well : exitCode.usage
  if (error instanceof Failure) {
    sayError(`kube-portal: ${error.message}\n  what to do: ${error.cure}`)
    return exitCode[error.code]
  }
  sayCrash(error)
  return exitCode.internal
}

/** Says on the lifeline, too, how this ends. */
const ending = (code: number, { inheritance }: Invocation): number => {
  inheritance?.lifeline.ending(code)
  return code
}

/** Runs the command line `argv` (of the process: program and script first). Resolves with the exit code. */
export const main = async (argv: readonly string[]): Promise<number> => {
  const invocation: Invocation = {
    sayCrash: error => sayError(`kube-portal: internal error: ${errorStack(error)}`),
    code: exitCode.well,
  }
  onUncaught(error => process.exit(ending(codeFor(error, invocation), invocation)))
  try {
    await program(invocation).parseAsync(argv)
    return ending(invocation.code, invocation)
  } catch (error) {
    return ending(codeFor(error, invocation), invocation)
  }
}
