import type { Host, Output } from '../../lib/host/host.js'
import { machine } from '../../lib/host/machine.js'

/** How a call of an iptables program goes wrong. `late`: it does its work first. */
export type Fault =
  | 'missing'
  | 'hung'
  | 'hung late'
  | 'killed'
  | 'killed late'
  | 'locked'
  | 'first table only'
  | 'garbage'
  | 'cut off'
  | 'silent'

export const faults: readonly Fault[] = [
  ...(['missing', 'hung', 'hung late', 'killed', 'killed late', 'locked'] as const),
  ...(['first table only', 'garbage', 'cut off', 'silent'] as const),
]

const error = (code: string): Error => Object.assign(new Error(`made up: ${code}`), { code })
const ended = (code: number, stderr = ''): Output => ({ code, stdout: '', stderr })
const lockHeld = 'Another app is currently holding the xtables lock. Stopped waiting after 5s.'

/** What comes of a call that is to fail so; `work` is the call as it should be, with that input. */
const failed = async (
  fault: Fault,
  input: string,
  work: (input: string) => Promise<Output>,
): Promise<Output> => {
  switch (fault) {
    case 'missing':
      throw error('ENOENT')
    case 'hung':
      throw error('ETIMEDOUT')
    case 'hung late':
      await work(input)
      throw error('ETIMEDOUT')
    case 'killed':
      return ended(137)
    case 'killed late':
      await work(input)
      return ended(137)
    case 'locked':
      return ended(4, lockHeld)
    case 'first table only': {
      const end = input.indexOf('COMMIT\n')
      if (end >= 0) await work(input.slice(0, end + 'COMMIT\n'.length))
      return ended(1, 'iptables-restore: line 7 failed')
    }
    case 'garbage':
      return { ...(await work(input)), stdout: 'Segmentation fault\n' }
    case 'cut off': {
      const { stdout } = await work(input)
      return { ...ended(0), stdout: stdout.slice(0, stdout.length / 2) }
    }
    case 'silent':
      return { ...(await work(input)), stdout: '' }
  }
}

/** This machine, some calls of whose iptables programs fail as told. */
export interface FailingHost {
  readonly host: Host
  /** What becomes of the next calls, in order; those after them are as they should be. */
  readonly fail: (...plan: readonly (Fault | undefined)[]) => void
}

export const failingHost = (): FailingHost => {
  const plan: (Fault | undefined)[] = []
  return {
    host: {
      ...machine,
      run: (program, args, options) => {
        const work = (input: string): Promise<Output> => machine.run(program, args, { ...options, input })
        const fault = program.includes('tables') ? plan.shift() : undefined
        return fault ? failed(fault, options.input ?? '', work) : work(options.input ?? '')
      },
    },
    fail: (...next) => void plan.splice(0, plan.length, ...next),
  }
}
