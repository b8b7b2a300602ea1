import { listenerAt } from '../../host/darwin/listener.js'
import { isTaken } from '../../host/listening-ports.js'
import { port } from '../../model/port.js'
import { type Check, type Finding, well, wrong } from './finding.js'

/** By number, with the option that moves it. */
const wanted: readonly (readonly [number, string])[] = [
  [10_256, '--healthz-bind-address'],
  [10_249, '--metrics-bind-address'],
]

/** Whether another program has the ports at which we answer supervisors and Prometheus. */
export const ports: Check = async ({ host, running }) => {
  if (running !== undefined) return []
  const findings: Finding[] = []
  for (const [number, option] of wanted) {
    const what = `port ${number}`
    if (await isTaken(host, port(number))) {
      const found = host.platform === 'darwin' ? await listenerAt(host, port(number)) : undefined
      const text = `${found ?? 'another program'} listens there`
      findings.push(wrong(what, text, `end it (kube-proxy?), or ${option}`))
    } else findings.push(well(what, 'free'))
  }
  return findings
}
