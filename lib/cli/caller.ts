import type { Host, RunAs } from '../host/host.js'
import { groupsOf, homeOf } from '../host/users.js'

const number = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined

/**
 * Who called us through sudo, as sudo says: undefined where nobody did. Only where it made us root; a leftover of its variables in
 * an ordinary shell means nothing.
 */
export const callerOf = async (
  host: Host,
  { env, uid }: { readonly env: NodeJS.ProcessEnv; readonly uid: number | undefined },
): Promise<RunAs | undefined> => {
  const { SUDO_USER: user, SUDO_UID, SUDO_GID, SUDO_HOME } = env
  const [theirs, group] = [number(SUDO_UID), number(SUDO_GID)]
  if (uid !== 0 || user === undefined || user === '' || user === 'root') return undefined
  const home = (await homeOf(host, user)) ?? SUDO_HOME
  if (home === undefined || theirs === undefined || group === undefined) return undefined
  return {
    uid: theirs,
    gid: group,
    groups: [...new Set([group, ...(await groupsOf(host, user))])],
    user,
    home,
  }
}
