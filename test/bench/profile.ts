// npm run profile -- LOAD: where kube-portal's time goes under one load; see README.md.
import { exitCode } from '../../lib/cli/exit-code.js'
import { loadNames, loadOf } from './loads/loads.js'
import { runInside } from './stage/inside.js'

const [name = '', ...rest] = process.argv.slice(2)
if (loadOf(name) && rest.length === 0) {
  process.exitCode = await runInside(new URL('profile-inside.js', import.meta.url), [name])
} else {
  process.stderr.write(`profile: it takes one load: ${loadNames.join(', ')}\n`)
  process.exitCode = name === '--help' ? exitCode.well : exitCode.usage
}
