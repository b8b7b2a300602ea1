// Started by `kube-portal run --on-crash undo`, to live on when that is killed.
import { guard } from '../lib/cli/crash/guardian.js'

await guard(process.argv.slice(2))
