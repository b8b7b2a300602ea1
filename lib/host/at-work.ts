import { readFile } from 'node:fs/promises'

// After the name, which is in brackets and may hold anything. R: runs, or waits for a processor; D: the kernel works for it.
const atWork = /\) [RD] [^)]*$/

/** Whether the process `pid` is getting on, or would with more of a processor: it does not wait for anybody else. */
export const isAtWork = async (pid: number): Promise<boolean> =>
  atWork.test(await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => ''))
