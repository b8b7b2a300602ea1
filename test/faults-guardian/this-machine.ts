import { machine } from '../../lib/host/machine.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { tables } from '../faults-restart/tables.js'
import type { Backend } from '../services/each-backend.js'

const ip = async (...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await machine.run('ip', args, { timeout: seconds(20) })
  if (code !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`)
  return stdout
}

/** All that a run may change here, as text: the rules of both families, addresses, and routes of all tables. */
export const thisMachine = async (backend: Backend): Promise<string> => {
  const parts = await Promise.all([
    tables(backend),
    ip('-o', 'address'),
    ip('-4', 'route', 'show', 'table', 'all'),
    ip('-6', 'route', 'show', 'table', 'all'),
  ])
  return parts.join('\n')
}
