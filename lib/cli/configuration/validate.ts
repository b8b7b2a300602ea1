import { Command } from 'commander'
import { mistakeText } from '../../config/mistake.js'
import { errorText } from '../../model/error-text.js'
import { exitCode } from '../exit-code.js'
import { withRunOptions } from '../options.js'
import { tried } from './tried.js'

const validateFile = async (file: string): Promise<number> => {
  try {
    const { mistakes, notApplied } = await tried(withRunOptions(new Command()), file)
    const lines = [
      ...mistakes.map(mistake => mistakeText(file, mistake)),
      ...notApplied.map(({ name, why, ...place }) =>
        mistakeText(file, { ...place, path: name, text: `of no effect here: ${why}` }),
      ),
    ]
    const verdict = mistakes.length === 0 ? 'can be used' : 'cannot be used'
    process.stdout.write([...lines, `${file} ${verdict}`].map(line => `${line}\n`).join(''))
    return mistakes.length === 0 ? exitCode.well : exitCode.usage
  } catch (error) {
    process.stdout.write(`${errorText(error)}\n`)
    return exitCode.usage
  }
}

/** `kube-portal config validate`: says what is wrong in each file, and what has no effect. Resolves with the exit code. */
export const validate = async (files: readonly string[]): Promise<number> => {
  let worst = exitCode.well
  for (const file of files) worst = Math.max(worst, await validateFile(file))
  return worst
}
