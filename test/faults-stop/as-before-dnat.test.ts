import { onEachBackend } from '../services/each-backend.js'
import { leavesAllAsBefore } from './as-before.js'

await onEachBackend(import.meta.url, backend =>
  leavesAllAsBefore(['--capture', 'dnat', '--iptables-backend', backend]),
)
