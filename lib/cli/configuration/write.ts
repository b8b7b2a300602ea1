import { fileOf } from '../../config/file-of.js'
import { writeInto } from '../../host/plain-file.js'
import { errorText } from '../../model/error-text.js'
import { Failure } from '../../model/failure.js'
import type { RunOptions } from '../options.js'
import { effectiveConfiguration } from './effective.js'

/** `kube-portal run --write-config-to`: writes a file that says the same as these options. Rejects with a Failure. */
export const writeConfiguration = async (options: RunOptions, file: string): Promise<void> => {
  try {
    await writeInto(file, fileOf(Object.values(effectiveConfiguration(options))))
  } catch (error) {
    throw new Failure('usage', `the configuration cannot be written: ${errorText(error)}`, {
      cure: 'name a file in a folder that is there, which this user may write',
      cause: error,
    })
  }
}
