import { existsSync } from 'node:fs'
import { chmod, mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** A unix socket at its place in a folder. */
export interface PlacedSocket {
  /** Takes it away, unless another one has its place by now. */
  remove(): Promise<void>
}

/** Rejects with an error that says so where others could put a socket of theirs in the place of ours. */
const checkOwner = async (folder: string): Promise<void> => {
  const { mode, uid } = await stat(folder)
  const own = process.getuid?.() ?? uid
  if (uid !== own && uid !== 0) throw new Error(`${folder} belongs to another user`)
  if ((mode & 0o022) !== 0) throw new Error(`other users may write to ${folder}`)
}

/**
 * Makes room for a socket at `path`: the folder, for ourselves alone, where it is not there. Rejects where others may write to it.
 */
export const prepareSocket = async (path: string): Promise<void> => {
  const folder = dirname(path)
  if (!existsSync(folder)) await mkdir(folder, { recursive: true, mode: 0o700 })
  await checkOwner(folder)
  await rm(path, { force: true })
}

/** Gives the socket that listens at `temporary` its place, instead of whatever is there. Only its owner may connect. */
export const placeSocket = async (temporary: string, path: string): Promise<PlacedSocket> => {
  try {
    await chmod(temporary, 0o600)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  const { ino } = await stat(path)
  return {
    remove: async () => {
      const now = await stat(path).catch(() => undefined)
      if (now?.ino === ino) await rm(path, { force: true })
    },
  }
}
