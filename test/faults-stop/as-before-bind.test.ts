import { inNamespace } from '../namespace.js'
import { leavesAllAsBefore } from './as-before.js'

await inNamespace(import.meta.url, () => leavesAllAsBefore(['--capture', 'bind']))
