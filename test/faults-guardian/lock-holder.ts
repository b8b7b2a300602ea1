import { connect } from 'node:net'
import { text } from 'node:stream/consumers'

/** What the holder of this namespace's instance lock says about itself; nothing where nobody holds it. */
export const lockHolder = async (): Promise<string> => {
  try {
    return (await text(connect({ path: '\0kube-portal' }))).trim()
  } catch {
    return ''
  }
}

/** Ends that holder without a chance to tidy up. Throws where nobody holds it. */
export const killLockHolder = async (): Promise<void> => {
  const pid = Number((await lockHolder()).split(' ')[0])
  if (!(pid > 0)) throw new Error('nobody runs')
  process.kill(pid, 'SIGKILL')
}
