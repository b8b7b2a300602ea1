import { Failure } from '../model/failure.js'
import { darwinOpenFileLimit, moreOnDarwin } from './darwin/open-files.js'
import type { Host } from './host.js'

const line = /^Max open files\s+(\d+)/m

/** How many files and sockets this process may have open; Infinity where the system does not tell. */
export const openFileLimit = async (host: Host): Promise<number> => {
  if (host.platform === 'darwin') return darwinOpenFileLimit(host)
  const [, limit] = line.exec((await host.readFile('/proc/self/limits')) ?? '') ?? []
  return limit === undefined ? Infinity : Number(limit)
}

/** What it takes to begin with: to load the Kubernetes client alone, Node opens some 900 files at once. */
const least = 1024

/** Rejects with a Failure `missing` where so few files may be open that we could not even begin. */
export const checkOpenFiles = async (host: Host): Promise<void> => {
  const limit = await openFileLimit(host)
  if (limit >= least) return
  throw new Failure('missing', `no more than ${limit} files may be open here, and it takes ${least}`, {
    cure:
      host.platform === 'darwin'
        ? `raise the limit: ${moreOnDarwin}`
        : 'raise the limit: `ulimit -n 20000` in the shell, LimitNOFILE= in a systemd unit',
  })
}
