import t from 'tap'
import { serviceFindings, wholeFindings } from '../../../lib/cli/explain/service-findings.js'
import { describe } from '../../../lib/observe/describe.js'
import type { ProxyEvent } from '../../../lib/model/event.js'
import { ipAddress } from '../../../lib/model/ip-address.js'
import { seconds } from '../../../lib/model/milliseconds.js'
import { port } from '../../../lib/model/port.js'
import { servicePortId } from '../../../lib/model/service-port.js'
import { LiveView } from '../../../lib/control/live-view.js'
import { FakeClock } from '../../fake-clock.js'
import { instance, servedPort, service } from '../../control/statuses.js'

const servicePort = servicePortId({ namespace: 'shop', service: 'cart', port: 'http', protocol: 'TCP' })

/** What is wrong with the whole after `event`, and what to do. */
const whole = (event: ProxyEvent): readonly string[] => {
  const live = new LiveView({ clock: new FakeClock(), textOf: each => describe(each).text() })
  live.note(event)
  return wholeFindings({ ...instance, troubles: live.troubles }).map(
    each => `${each.text}\n${each.state === 'problem' ? each.fix : ''}`,
  )
}

const events: readonly (readonly [ProxyEvent, RegExp])[] = [
  [
    { type: 'sync-failed', reason: 'waiting for iptables', retryIn: seconds(10), again: false },
    /waiting for iptables.*\nsee what keeps iptables/,
  ],
  [{ type: 'successor-failed', reason: 'the new process ended with code 2' }, /reloading failed.*code 2\n/],
  [
    { type: 'http-port-failed', purpose: 'health', port: port(10_256), reason: 'listen EADDRINUSE' },
    /no answers to \/healthz.*EADDRINUSE.*--healthz-bind-address\nend the program that has the port/,
  ],
  [
    { type: 'state-not-saved', path: '/run/kube-portal/state.json', reason: 'EROFS' },
    /cannot save what the next start would need.*\nmake room, or give another folder with --state-dir/,
  ],
  [
    { type: 'conntrack-failed', reason: 'there is no conntrack here', cure: 'install the package conntrack' },
    /UDP clients .* may go unanswered.*\ninstall the package conntrack/,
  ],
  [
    {
      ...{ type: 'self-test', servicePort, portal: { address: ipAddress('10.96.0.10'), port: port(80) } },
      ...{ outcome: 'refused', reason: 'ECONNREFUSED', cure: 'look at iptables-save' },
    },
    /does not lead to its listener.*\nlook at iptables-save/,
  ],
  [
    { type: 'unnumbered-interfaces', family: 'IPv4', names: ['cali1'] },
    /packets to portals are lost that come in over cali1.*\n--capture dnat/,
  ],
]

t.test('what is wrong with the whole is named, with what to do', async t => {
  for (const [event, text] of events) t.match(whole(event).join('\n'), text, event.type)
})

t.test('that this machine is no Node is said, and is no problem', async t => {
  const found = wholeFindings({ ...instance, node: 'laptop', isNode: false })
  t.match(found, [{ state: 'note', text: /no Node is called laptop.*--hostname-override/ }])
})

t.test('a right that is missing at the API server is named', async t => {
  const api = { lasts: 61_000, reason: 'services is forbidden: User "x" cannot list resource "services"' }
  const [finding] = wholeFindings({ ...instance, api })
  t.match(finding, { state: 'problem', text: /for 61 s.*forbidden/, fix: /ClusterRole/ })
})

const fixOf = (reason: string): string => {
  const [finding] = serviceFindings(service('cart', [], { reasons: [reason] }), undefined)
  return finding?.state === 'problem' ? finding.fix : ''
}

t.test('why a Service is not proxied is named, with what to do', async t => {
  t.match(fixOf('headless: clients connect to its endpoints themselves'), /its pods in DNS/)
  t.match(fixOf('its label service.kubernetes.io/service-proxy-name gives it to "x"'), /take that label away/)
  t.match(fixOf('port 9999: SCTP is not proxied'), /use TCP or UDP/)
})

t.test('a portal that another program has, and too few descriptors, are named', async t => {
  const unserved = (reason: string) =>
    serviceFindings(service('cart', []), servedPort({ programmed: false, unprogrammed: [reason] }))
  t.match(unserved('*:30080: listen EADDRINUSE: address already in use'), [
    { state: 'problem', text: /\*:30080.*EADDRINUSE/, fix: /end the program that has the port/ },
  ])
  t.match(unserved('too few files may be open'), [{ fix: /LimitNOFILE/ }])
})
