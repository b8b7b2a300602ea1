import type { Host } from './host.js'
import { seconds } from '../model/milliseconds.js'

/** How to find a user's home folder where no file has it: in LDAP, or on macOS. */
const questions = [
  { program: 'getent', args: (user: string) => ['passwd', user], home: /^(?:[^:]*:){5}([^:\n]+)/ },
  {
    program: 'dscl',
    args: (user: string) => ['.', '-read', `/Users/${user}`, 'NFSHomeDirectory'],
    home: /^NFSHomeDirectory:\s*(\S.*?)\s*$/m,
  },
] as const

const answerOf = async (host: Host, program: string, args: readonly string[]): Promise<string> => {
  try {
    const { code, stdout } = await host.run(program, args, { timeout: seconds(5) })
    return code === 0 ? stdout : ''
  } catch {
    return ''
  }
}

/** What sudo tells is a name: nothing that a program could take for an option. */
const isName = (user: string): boolean => /^[^-/:\s][^/:\s]*$/.test(user)

/** The home folder of a user, as the system has it; undefined for a user that it does not know. */
export const homeOf = async (host: Host, user: string): Promise<string | undefined> => {
  if (!isName(user)) return undefined
  const users = ((await host.readFile('/etc/passwd')) ?? '').split('\n')
  const home = users.find(line => line.startsWith(`${user}:`))?.split(':')[5]
  if (home !== undefined && home !== '') return home
  for (const { program, args, home } of questions) {
    const [, found] = home.exec(await answerOf(host, program, args(user))) ?? []
    if (found !== undefined) return found
  }
  return undefined
}

/** The numbers of a user's groups, none for one that the system does not know. */
export const groupsOf = async (host: Host, user: string): Promise<readonly number[]> =>
  isName(user) ? ((await answerOf(host, 'id', ['-G', user])).match(/\d+/g) ?? []).map(Number) : []
