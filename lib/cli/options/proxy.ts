import { type Command, Option } from 'commander'
import type { Milliseconds } from '../../model/milliseconds.js'
import type { PortRange } from '../../model/port-range.js'
import type { OnEndpointGone } from '../../model/terms.js'
import { endpointGone, localPortRange, period, span, udpSpan } from '../parsers.js'
import { readBy } from './read-by.js'

/** How listeners and rules are kept, and how connections are treated. */
export interface ProxyOptions {
  readonly proxyPortRange: PortRange
  readonly iptablesSyncPeriod: Milliseconds
  readonly iptablesMinSyncPeriod: Milliseconds
  readonly drainTimeout: Milliseconds
  readonly tcpIdleTimeout: Milliseconds
  /** Never 0. */
  readonly udpTimeout: Milliseconds
  readonly onEndpointGone: OnEndpointGone
}

export const withProxyOptions = (command: Command): Command =>
  command
    .optionsGroup('The proxy:')
    .addOption(
      readBy(
        new Option('--proxy-port-range <range>', 'local ports to listen on, one per service port'),
        localPortRange,
        '14000-29999',
      ),
    )
    .addOption(
      readBy(
        new Option('--iptables-sync-period <duration>', 'rules are looked at this often at least; not 0'),
        period,
        '30s',
      ),
    )
    .addOption(
      readBy(
        new Option('--iptables-min-sync-period <duration>', 'and this often at most; 0: after every change'),
        span,
        '1s',
      ),
    )
    .addOption(
      readBy(
        new Option(
          '--drain-timeout <duration>',
          'on stop, how long open connections may go on; 0: not at all',
        ),
        span,
        '10s',
      ),
    )
    .addOption(
      readBy(
        new Option(
          '--tcp-idle-timeout <duration>',
          'reset connections on which nothing goes for so long; 0: never',
        ),
        span,
        '0s',
      ),
    )
    .addOption(
      readBy(
        new Option(
          '--udp-timeout <duration>',
          'forget UDP clients on whose flow nothing goes for so long; 0: the default',
        ),
        udpSpan,
        '120s',
      ),
    )
    .addOption(
      readBy(
        new Option(
          '--on-endpoint-gone <what>',
          'TCP connections whose endpoint is removed: keep, reset (at once), or reset=30s (after a grace)',
        ),
        endpointGone,
        'keep',
      ),
    )
