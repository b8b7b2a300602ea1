import { wouldChange } from './edit-file.js'
import type { Host } from './host.js'

const done = { code: 0, stdout: '', stderr: '' }

/** Those of macOS: some of them look, whatever they are asked. */
const looksOnDarwin = (program: string, args: readonly string[]): boolean =>
  ['netstat', 'id', 'lsof'].includes(program) ||
  (program === 'route' && args.includes('get')) ||
  (program === 'sysctl' && args.includes('-n')) ||
  (program === 'ifconfig' && !args.some(arg => arg.endsWith('alias')))

/** Whether a program, called in this way, only looks: of those that we use. */
const looks = (program: string, args: readonly string[]): boolean =>
  program.endsWith('-save') ||
  looksOnDarwin(program, args) ||
  ['--version', 'show', 'list', '--dump'].some(word => args.includes(word))

/** A machine on which nothing changes: what would change something is taken for done. */
export const onlooker = (host: Host): Host => ({
  ...host,
  run: (program, args, options) =>
    looks(program, args) ? host.run(program, args, options) : Promise.resolve(done),
  writeFile: () => Promise.resolve(),
  writeFileNow: () => undefined,
  editFile: wouldChange,
  moveFile: () => Promise.resolve(),
  removeFile: () => Promise.resolve(),
})
