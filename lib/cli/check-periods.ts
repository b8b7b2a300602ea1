import { durationText } from '../model/duration.js'
import { Failure } from '../model/failure.js'
import type { ProxyOptions } from './options/proxy.js'

/** Throws a Failure where rules would be looked at less often than they may be written. */
export const checkPeriods = ({
  iptablesSyncPeriod: most,
  iptablesMinSyncPeriod: least,
}: ProxyOptions): void => {
  if (most >= least) return
  const text = `--iptables-sync-period (${durationText(most)}) is shorter than --iptables-min-sync-period (${durationText(least)})`
  throw new Failure('usage', text, { cure: 'make the first at least as long as the second' })
}
