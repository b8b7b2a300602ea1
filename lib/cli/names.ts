import type { Host } from '../host/host.js'
import type { Report } from '../model/event.js'
import { Failure } from '../model/failure.js'
import { HostsFile, hostsPath } from '../names/hosts-file.js'
import { checkResolved } from '../names/resolved-link.js'
import { SplitDnsNames } from '../names/split-dns.js'
import type { ChosenOptions } from './options.js'
import { mayChangeMachine } from './options/node.js'
import { realClock as clock } from './real-clock.js'

/** What tells programs of this machine the names of Services. */
export type Names = Pick<HostsFile, 'update' | 'hurry' | 'close' | 'remove'>

type NamesOptions = Pick<ChosenOptions, 'dns' | 'capture' | 'reach' | 'clusterDomain'>

export interface NamesParts {
  readonly host: Host
  readonly report: Report
}

const checkCapture = ({ dns, capture }: NamesOptions): void => {
  if (mayChangeMachine(capture)) return
  const what = `--dns ${dns} gives names to cluster IPs, and with --capture ${capture} nobody is led from those to here`
  const cure =
    capture === 'socks'
      ? 'leave it out: SOCKS clients may say names (socks5h://), or run it with sudo and --capture redirect'
      : 'leave it out, or run it with sudo and --capture redirect'
  throw new Failure('usage', what, { cure })
}

/** Undefined: nothing does. Rejects with a Failure where names would lead nowhere, or cannot be given. */
export const namesFor = async (
  options: NamesOptions,
  { host, report }: NamesParts,
): Promise<Names | undefined> => {
  const { dns, reach, clusterDomain: domain } = options
  if (dns === 'none') return undefined
  checkCapture(options)
  if (dns === 'hosts') return new HostsFile({ host, path: hostsPath, domain, clock, report })
  if (reach === 'portforward')
    throw new Failure('usage', '--dns resolved asks over UDP, which --reach portforward does not carry', {
      cure: 'use --dns hosts',
    })
  // Tried: what resolved sends by a link never comes to an address of lo, where nothing redirects it.
  if (options.capture === 'bind')
    throw new Failure(
      'usage',
      '--dns resolved needs its questions to be redirected, which --capture bind does not',
      {
        cure: 'use --dns hosts, or --capture redirect',
      },
    )
  await checkResolved(host)
  return new SplitDnsNames({ host, domain, report })
}
