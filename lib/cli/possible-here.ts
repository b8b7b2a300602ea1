import type { Platform } from '../host/host.js'
import { Failure } from '../model/failure.js'
import type { RunOptions } from './options.js'
import type { CaptureChoice } from './options/node.js'

/** What `--capture auto` is with every right. */
export const fullCapture: Readonly<Record<Platform, CaptureChoice>> = { linux: 'redirect', darwin: 'bind' }

/** Throws a Failure `missing` where what is asked for does not exist on `platform`, whoever asks for it. */
export const checkPossible = (
  { capture, reach, dns }: Pick<RunOptions, 'capture' | 'reach' | 'dns'>,
  platform: Platform,
): void => {
  if (platform !== 'darwin') return
  if (capture === 'redirect' || capture === 'dnat')
    throw new Failure('missing', `--capture ${capture} takes iptables, which macOS does not have`, {
      cure: 'sudo kube-portal run --capture bind; or, without any privilege, --capture socks',
    })
  if (reach === 'routes')
    throw new Failure('missing', '--reach routes takes iproute2, which macOS does not have', {
      cure: '--reach portforward; a cluster in a virtual machine has no address here to lead a route over',
    })
  if (dns === 'resolved')
    throw new Failure('missing', '--dns resolved takes systemd-resolved, which macOS does not have', {
      cure: '--dns hosts, which keeps a block in the hosts file',
    })
}
