import type { Platform } from '../host/host.js'
import { useSocketsAlone } from '../stream/tcp-handle.js'

/**
 * Has connections made of Node's public sockets where `wanted`, from `KUBE_PORTAL_STREAMS`, is `net`. By default so on macOS: a
 * socket that is accepted there does not get the listener's keepalive time, and nobody ever ran our handles on it. `handles`
 * tries them all the same.
 */
export const chooseStreams = (platform: Platform, wanted: string | undefined): void => {
  if (wanted === 'net' || (platform === 'darwin' && wanted !== 'handles')) useSocketsAlone()
}
