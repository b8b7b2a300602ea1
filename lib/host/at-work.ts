import { readdir, readFile } from 'node:fs/promises'

// After the name, which is in brackets and may hold anything. R: runs, or waits for a processor; D: the kernel works for it.
const atWork = /\) [RD] [^)]*$/

const isThreadAtWork = async (folder: string): Promise<boolean> =>
  atWork.test(await readFile(`${folder}/stat`, 'latin1').catch(() => ''))

/** Whether a thread of the process `pid` is getting on, or would with more of a processor: it does not wait for anybody else. */
export const isAtWork = async (pid: number): Promise<boolean> => {
  const folder = `/proc/${pid}/task`
  const threads = await readdir(folder).catch(() => [])
  const found = await Promise.all(threads.map(thread => isThreadAtWork(`${folder}/${thread}`)))
  return found.includes(true)
}
