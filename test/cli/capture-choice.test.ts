import t from 'tap'
import { type CaptureFacts, captureFor } from '../../lib/cli/capture-choice.js'
import type { Host } from '../../lib/host/host.js'
import { withoutFiles } from '../../lib/host/without-files.js'

interface Machine {
  readonly platform?: Host['platform']
  readonly capabilities: string
  readonly hasIptables: boolean
}

const hostOf = ({ platform = 'linux', capabilities, hasIptables }: Machine): Host => ({
  ...withoutFiles,
  platform,
  readFile: () => Promise.resolve(`Name:\tnode\nCapEff:\t${capabilities}\n`),
  run: () =>
    hasIptables
      ? Promise.resolve({ code: 0, stdout: 'iptables v1.8.9 (nf_tables)\n', stderr: '' })
      : Promise.reject(Object.assign(new Error('spawn iptables ENOENT'), { code: 'ENOENT' })),
})

const everyRight = '000001ffffffffff'
const noRight = '0000000000000000'

const facts = (machine: Machine, others: Partial<CaptureFacts> = {}): CaptureFacts => ({
  ...{ env: {}, user: 0, host: hostOf(machine) },
  ...others,
})

t.test(
  'root has clients redirected, and listens on Services’ addresses where there is no iptables',
  async t => {
    t.strictSame(await captureFor(facts({ capabilities: everyRight, hasIptables: true })), {
      capture: 'redirect',
    })
    t.strictSame(await captureFor(facts({ capabilities: everyRight, hasIptables: false })), {
      ...{ capture: 'bind', why: 'there is no iptables here' },
    })
  },
)

t.test('an ordinary user gets a SOCKS proxy, and is told why', async t => {
  t.strictSame(await captureFor(facts({ capabilities: noRight, hasIptables: true }, { user: 1000 })), {
    capture: 'socks',
    why: 'no right to write rules: CAP_NET_ADMIN and CAP_NET_RAW missing',
  })
})

t.test('a node agent that lacks a right is to say so, and not to do less', async t => {
  const machine = { capabilities: noRight, hasIptables: false }
  for (const env of [{ INVOCATION_ID: 'e5a1' }, { KUBERNETES_SERVICE_HOST: '10.96.0.1' }])
    t.strictSame(await captureFor(facts(machine, { env, user: 1000 })), { capture: 'redirect' })
})

t.test('on macOS root listens on Services’ addresses, and anybody else gets a SOCKS proxy', async t => {
  const machine = { platform: 'darwin', capabilities: everyRight, hasIptables: false } as const
  const captures = await Promise.all([0, 501].map(user => captureFor(facts(machine, { user }))))
  t.strictSame(
    captures.map(({ capture }) => capture),
    ['bind', 'socks'],
  )
})
