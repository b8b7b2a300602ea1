import { cleanup } from '../../capture/cleanup.js'
import { onlooker } from '../../host/onlooker.js'
import { type Check, well, wrong } from './finding.js'

/** Whether a run that was killed left rules, addresses or routes that lead clients to nobody. */
export const leftovers: Check = async ({ host, addresses, running }) => {
  if (running !== undefined) return []
  const what = 'leftovers'
  const left = await cleanup({
    host: onlooker(host),
    addresses: () => addresses,
    report: () => undefined,
  })
  if (left.length === 0) return [well(what, 'none of an earlier run')]
  return [
    wrong(
      what,
      `an earlier run left ${left.join(', ')}; nobody serves who is led by that`,
      'start kube-portal again, which takes them on, or remove them: kube-portal cleanup',
    ),
  ]
}
