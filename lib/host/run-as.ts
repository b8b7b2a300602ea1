import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RunAs } from './host.js'

const asUser = fileURLToPath(new URL('./as-user.js', import.meta.url))

/** Where the program is: a name is looked for in the folders of `path`. Undefined where there is none. */
export const findProgram = async (program: string, path: string): Promise<string | undefined> => {
  const places = program.includes('/')
    ? [program]
    : path.split(':').flatMap(folder => (folder === '' ? [] : [join(folder, program)]))
  for (const place of places)
    try {
      await access(place, constants.X_OK)
      return place
    } catch {
      // Perhaps in the next one.
    }
  return undefined
}

/** What root runs to have the program at `place` run as somebody else, with the variables of `enclosed` as its own. */
export const commandAs = (
  { uid, gid, groups }: RunAs,
  place: string,
  args: readonly string[],
): readonly [string, readonly string[]] => [
  process.execPath,
  [asUser, String(uid), String(gid), groups.join(','), place, ...args],
]

/** The variables that a program of theirs gets: those of `ours`, without a trace of sudo. */
export const variablesAs = (
  { user, home }: RunAs,
  ours: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> => ({
  ...Object.fromEntries(Object.entries(ours).filter(([name]) => !name.startsWith('SUDO_'))),
  ...{ HOME: home, USER: user, LOGNAME: user },
})

/** Begins the names of variables that are for somebody else's program alone: `as-user.ts` takes it away. */
export const enclosure = 'KUBE_PORTAL_FOR_'

/**
 * Variables that mean nothing to a program of root's, until that has become the user: they may choose what is loaded into it
 * (NODE_OPTIONS, LD_PRELOAD).
 */
export const enclosed = (
  variables: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(Object.entries(variables).map(([name, value]) => [`${enclosure}${name}`, value]))
