import { machine } from '../../lib/host/machine.js'
import { seconds } from '../../lib/model/milliseconds.js'
import type { Backend } from '../services/each-backend.js'

const output = async (program: string, ...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await machine.run(program, args, { timeout: seconds(20) })
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`)
  return stdout
}

/** Both families' tables, as the backend's programs save them: without dates and counters. */
export const tables = async (backend: Backend): Promise<string> => {
  const saved = await Promise.all(
    ['iptables', 'ip6tables'].map(program => output(`${program}-${backend}-save`)),
  )
  return saved
    .join('')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\[\d+:\d+\]/g, '[]')
}
