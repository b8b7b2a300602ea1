import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { machine } from '../lib/host/machine.js'
import { seconds } from '../lib/model/milliseconds.js'

export const programs = ['iptables-nft', 'ip6tables-nft', 'iptables-legacy', 'ip6tables-legacy']

/** What a program prints. Rejects where it does not end well. */
export const output = async ([program = '', ...args]: readonly string[], input?: string): Promise<string> => {
  const options = { timeout: seconds(20), ...(input !== undefined && { input }) }
  const { code, stdout, stderr } = await machine.run(program, args, options)
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`)
  return stdout
}

/** Without what passes by itself: dates and counters. */
const steady = (text: string): string => text.replaceAll(/^#.*\n|\[\d+:\d+\]/gm, '')

const folder = '/proc/sys/net'

/** The kernel's switches, a line each, but for those that cannot be read, and its own count of flows. */
const switches = (): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map(name => {
      try {
        return name.endsWith('nf_conntrack_count')
          ? ''
          : `${name} = ${readFileSync(join(folder, name), 'utf8')}`
      } catch {
        return ''
      }
    })
    .join('')

/** Rules of both kinds, addresses, routes and switches of this namespace, and the files that say what names mean. */
export const everything = async (): Promise<string> => {
  const looks = [
    ...programs.map(program => [`${program}-save`]),
    ...['-4', '-6'].flatMap(family => [
      ['ip', family, '-o', 'address'],
      ['ip', family, 'route', 'show', 'table', 'all'],
      ['ip', family, 'rule'],
    ]),
    ['cat', '/etc/hosts', '/etc/resolv.conf'],
  ]
  return steady((await Promise.all(looks.map(look => output(look)))).join('\n')) + switches()
}
