import type { Command } from 'commander'
import { inOrder } from '../../config/mistake.js'
import type { Configuration } from '../../config/read.js'
import { type Applied, apply } from './apply.js'
import { readFile } from './read-file.js'

/** What a file says, and what became of that. */
export type Tried = Applied & Pick<Configuration, 'notApplied'>

/** Sets what the file says, as far as that makes sense. Rejects with a Failure where there is none to read. */
export const tried = async (command: Command, file: string): Promise<Tried> => {
  const { settings, notApplied, mistakes: before } = await readFile(file)
  const { mistakes, overridden } = apply(command, settings)
  return { notApplied, overridden, mistakes: [...before, ...mistakes].sort(inOrder) }
}
