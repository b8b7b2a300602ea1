import { onEachBackend } from '../services/each-backend.js'
import { leavesAllAsBefore } from './as-before.js'

await onEachBackend(import.meta.url, backend =>
  leavesAllAsBefore(['--capture', 'redirect', '--iptables-backend', backend]),
)
