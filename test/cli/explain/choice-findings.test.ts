import t from 'tap'
import { choiceFindings, type ChoiceQuestion } from '../../../lib/cli/explain/choice-findings.js'
import type { Choice } from '../../../lib/control/choice.js'
import { servedPort } from '../../control/statuses.js'

const choice: Choice = {
  ...{ policy: 'Cluster', clients: 0, next: '10.244.0.8:8080', avoided: [] },
  endpoints: [
    { endpoint: '10.244.0.7:8080' },
    { endpoint: '10.244.0.8:8080' },
    { endpoint: '10.244.0.9:8080' },
  ],
}

const found = (change: Partial<Choice>, question: Partial<ChoiceQuestion> = {}): readonly string[] =>
  choiceFindings({
    ...{ service: { namespace: 'shop', name: 'cart' }, port: servedPort(), from: undefined },
    ...{ addresses: ['172.18.0.2'], isLaptop: false, ...question },
    choice: { ...choice, ...change },
  }).map(({ state, text }) => `${state}: ${text}`)

t.test('without affinity, who is next in turn serves', async t => {
  t.strictSame(found({}), ['well: 10.244.0.8:8080 is next in turn, of 3'])
  t.strictSame(found({ avoided: ['10.244.0.7:8080'] }), [
    'well: 10.244.0.8:8080 is next in turn, of 3',
    'note: 10.244.0.7:8080 passed over for a while, after failures',
  ])
})

t.test('with affinity, a client returns to where it was', async t => {
  const affinity = 600_000
  t.strictSame(
    found({ affinity, pin: { endpoint: '10.244.0.9:8080', age: 12_000 } }, { from: '10.244.1.7' }),
    ['well: 10.244.0.9:8080: 10.244.1.7 was there 12 s ago, and returns (affinity)'],
  )
  t.strictSame(found({ affinity }, { from: '10.244.1.8' }), [
    'well: 10.244.1.8 is new: it gets 10.244.0.8:8080, next in turn, of 3, and returns there for 10 min',
  ])
})

t.test('clients that all come from one address are told, unless that is ourselves', async t => {
  const affinity = 600_000
  t.match(
    found({ affinity, clients: 1, onlyClient: '192.0.2.1' })[1],
    /^note: all clients come from one address, 192\.0\.2\.1/,
  )
  t.equal(found({ affinity, clients: 1, onlyClient: '172.18.0.2' }).length, 1)
})

t.test('on a laptop it is said that affinity takes all its programs to one endpoint', async t => {
  t.match(
    found({ affinity: 600_000 }, { isLaptop: true })[1],
    /^note: all programs of this machine are one client, .* all of them go to one endpoint$/,
  )
  t.equal(found({}, { isLaptop: true }).length, 1)
})

t.test('endpoints that are left out are told with why, those of one reason together', async t => {
  const leftOut = 'it is on node-2, and the policy is Local'
  const endpoints = [
    { endpoint: '10.244.0.7:8080' },
    { endpoint: '10.244.0.8:8080', leftOut: 'it is not ready' },
    { endpoint: '10.244.1.7:8080', leftOut },
    { endpoint: '10.244.1.8:8080', leftOut },
  ]
  t.strictSame(found({ endpoints }).slice(1), [
    'note: 10.244.0.8:8080 left out: it is not ready',
    'note: 10.244.1.7:8080 and 1 more left out: it is on node-2, and the policy is Local',
  ])
})

t.test('where nobody serves, it is said why and where to look', async t => {
  const none = { ready: 0, all: 2, some: [], failing: [] }
  const port = servedPort({
    endpoints: none,
    healthy: false,
    unhealthy: ['no endpoint is ready: clients are refused'],
  })
  const [finding] = choiceFindings({
    ...{
      service: { namespace: 'shop', name: 'cart' },
      port,
      from: undefined,
      addresses: [],
      isLaptop: false,
    },
    choice: { ...choice, endpoints: [] },
  })
  t.match(finding, {
    state: 'problem',
    text: 'no endpoint is ready: clients are refused',
    fix: /kubectl -n shop get endpointslices -l kubernetes\.io\/service-name=cart$/,
  })
})
