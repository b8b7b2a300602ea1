import { type Configuration, longestConfiguration, readConfiguration } from '../../config/read.js'
import { readBeginning } from '../../host/plain-file.js'
import { errorCode, errorText } from '../../model/error-text.js'
import { Failure } from '../../model/failure.js'

const unreadable = (file: string, cause: unknown): Failure => {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EISDIR: 'it is a folder',
    EACCES: 'this user may not',
  }
  const reason = reasons[errorCode(cause) ?? ''] ?? errorText(cause)
  return new Failure('usage', `the configuration ${file} cannot be read: ${reason}`, {
    cure: 'name a file in YAML or JSON that this user may read',
    cause,
  })
}

/** Reads a configuration file. Rejects with a Failure where there is none to read. */
export const readFile = async (file: string): Promise<Configuration> => {
  // One more, so that it is seen to be too long.
  const text = await readBeginning(file, longestConfiguration + 1).catch((error: unknown) => {
    throw unreadable(file, error)
  })
  return readConfiguration(text)
}
