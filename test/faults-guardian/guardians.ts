import { setTimeout as after } from 'node:timers/promises'
import { ownProcesses } from '../own-processes.js'

/** The process ids of all guardians in this namespace; of those that stand by the process `of`. */
export const guardians = (of?: number): readonly number[] =>
  ownProcesses()
    .filter(({ command: [, program = '', , guarded] }) => {
      const isGuardian = program.endsWith('/bin/guardian.js')
      return isGuardian && (of === undefined || guarded === String(of))
    })
    .map(({ pid }) => pid)

/** The one guardian in this namespace. Throws where that is none, or several: 0 would be our own process group. */
export const guardian = (): number => {
  const [only, ...others] = guardians()
  if (only === undefined || others.length > 0) throw new Error('there is not one guardian')
  return only
}

const patience = 20_000

/** Resolves when it `is` so, with how many milliseconds that took. Rejects after 20 s. */
export const until = async (what: string, is: () => boolean | Promise<boolean>): Promise<number> => {
  const began = performance.now()
  while (!(await is())) {
    if (performance.now() - began > patience) throw new Error(`waited in vain for ${what}`)
    await after(10)
  }
  return Math.round(performance.now() - began)
}

export const noGuardian = (): Promise<number> => until('the guardian to end', () => guardians().length === 0)
