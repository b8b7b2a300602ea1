import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { errorCode } from '../model/error-text.js'
import { sweep, temporaryFor } from './temporary.js'

/** Makes a file's text of the one that it has. A byte is a character, whatever it means. */
export type Edit = (text: string) => string

/** Others may write at the same time as we do; more often than so, something is wrong. */
const attempts = 5

const read = (path: string): Promise<string> => readFile(path, 'latin1')

/** What says that a file cannot be replaced but perhaps written: it is mounted itself, or its folder is not ours to write. */
const cannotReplace: ReadonlySet<string | undefined> = new Set(['EBUSY', 'EXDEV', 'EACCES', 'EPERM', 'EROFS'])

/** Whether `edit` would change the file; false where there is none. */
export const wouldChange = async (path: string, edit: Edit): Promise<boolean> => {
  try {
    const text = await read(path)
    return edit(text) !== text
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false
    throw error
  }
}

/**
 * Changes a file that belongs to others, too: what they write meanwhile is not lost, as far as that can be seen, and it keeps its
 * owner, its mode, and its place behind a link. Replaced as a whole, or else, where it is mounted itself, written into. Resolves
 * with whether there was anything to change; there is not where there is no file.
 */
export const editFile = async (path: string, edit: Edit): Promise<boolean> => {
  if (!(await wouldChange(path, edit))) return false
  // Behind a link is the file that it leads to.
  const place = await realpath(path)
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const text = await read(place)
    const edited = edit(text)
    if (edited === text) return attempt > 1
    if (await replaced(place, text, edited)) return true
  }
  throw new Error(`others change ${path} all the time`)
}

/** Resolves with whether the file was still as it was read, and so has the new text. */
const replaced = async (place: string, before: string, text: string): Promise<boolean> => {
  const temporary = temporaryFor(place)
  try {
    await sweep(place)
    const { mode, uid, gid } = await stat(place)
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text, 'latin1')
      await file.chown(uid, gid)
      await file.chmod(mode)
      await file.sync()
    } finally {
      await file.close()
    }
    if ((await read(place)) !== before) return false
    await rename(temporary, place)
    return true
  } catch (error) {
    if (!cannotReplace.has(errorCode(error))) throw error
    return await overwritten(place, before, text)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** The same, into the file. Who ends in the middle of this leaves a half of it. */
const overwritten = async (place: string, before: string, text: string): Promise<boolean> => {
  const file = await open(place, 'r+')
  try {
    if ((await file.readFile('latin1')) !== before) return false
    const bytes = Buffer.from(text, 'latin1')
    await file.write(bytes, 0, bytes.length, 0)
    await file.truncate(bytes.length)
    await file.sync()
    return true
  } finally {
    await file.close()
  }
}
