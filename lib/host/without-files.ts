import type { Host } from './host.js'
import { machine } from './machine.js'

/** This machine, but for its files: there are none, and what is written is forgotten. */
export const withoutFiles: Host = {
  ...machine,
  readFile: () => Promise.resolve(undefined),
  writeFile: () => Promise.resolve(),
  writeFileNow: () => undefined,
  editFile: () => Promise.resolve(false),
  removeFile: () => Promise.resolve(),
}
