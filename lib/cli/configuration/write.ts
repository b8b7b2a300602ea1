import { fileOf } from '../../config/file-of.js'
import { writeInto } from '../../host/plain-file.js'
import { errorText } from '../../model/error-text.js'
import { Failure } from '../../model/failure.js'
import type { RunOptions } from '../options.js'
import { effectiveConfiguration } from './effective.js'

/** `kube-portal run --write-config-to`: writes a file that says the same as these options. Rejects with a Failure. */
export const writeConfiguration = async (options: RunOptions, file: string): Promise<void> => {
  const text = fileOf(Object.values(effectiveConfiguration(options)))
  try {
    // Opened anew, a file that our output goes to would lose what is in it.
    if (file === '/dev/stdout') process.stdout.write(text)
    else await writeInto(file, text)
  } catch (error) {
    throw new Failure('usage', `the configuration cannot be written: ${errorText(error)}`, {
      cure: 'name a file in a folder that is there, which this user may write',
      cause: error,
    })
  }
}
