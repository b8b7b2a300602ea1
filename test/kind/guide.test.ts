import t from 'tap'
import { everything } from '../everything.js'
import { until } from '../faults-guardian/guardians.js'
import { Terminal } from '../terminal.js'
import { ownProcesses } from '../own-processes.js'
import { expected, guide, readable, type Section, type Step } from './guide.js'
import { runAs, runnerOf } from './laptop.js'
import { onLaptop, startLaptop } from './stage.js'

/** The laptop has it already. */
const isInstallation = ({ command }: Step): boolean => /\bnpm\b/.test(command)

const isRun = ({ command }: Step): boolean => command.includes('kube-portal run')

await onLaptop(import.meta.url, async () => {
  await startLaptop()

  /** Types a `kube-portal run` on a terminal of its own. Resolves when it says that it is ready. */
  const started = async ({ command }: Step): Promise<Terminal> => {
    const terminal = new Terminal([...runnerOf('user'), command].join(' '))
    t.teardown(() => terminal.close())
    await terminal.shows('READY')
    return terminal
  }

  const typed = async ({ command }: Step): Promise<string> => {
    const { stdout, stderr } = await runAs('user', ['sh', '-c', command])
    return readable(stdout + stderr)
  }

  const follow = ({ title, steps }: Section): void => {
    const toType = steps.filter(step => !isInstallation(step))
    if (toType.length === 0) return
    t.test(title, async t => {
      const before = await everything()
      let running: Terminal | undefined
      for (const step of toType) {
        if (isRun(step)) running = await started(step)
        const shown = isRun(step) ? readable(running?.shown ?? '') : await typed(step)
        t.match(shown, expected(step), step.command)
      }
      running?.type('\x03')
      await until('all of ours to end', () => ownProcesses().length === 0)
      t.equal(await everything(), before, 'nothing is left')
    })
  }

  for (const section of guide()) follow(section)
})
