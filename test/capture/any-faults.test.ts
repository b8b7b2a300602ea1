import fc from 'fast-check'
import t from 'tap'
import { Iptables, type IptablesOptions } from '../../lib/capture/iptables.js'
import type { CapturedPortal } from '../../lib/capture/capture.js'
import { machine } from '../../lib/host/machine.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { FakeClock } from '../fake-clock.js'
import { inNamespace } from '../namespace.js'
import { run, without } from './commands.js'
import { failingHost, faults } from './failing-host.js'
import { guardOf, refused, served, wanted } from './wanted.js'

const numbers = [0, 1, 2, 3] as const
const portal = (number: number, verdict: boolean): CapturedPortal =>
  (verdict ? served : refused)({
    ...{ name: `shop/s${number}:http`, address: `10.96.0.${10 + number}`, localPort: 14_000 + number },
  })

/** Which of the portals there are, and which of them are served. */
const anyState = fc
  .array(fc.constantFrom<boolean | undefined>(true, false, undefined), { minLength: 4, maxLength: 4 })
  .map(states =>
    numbers.flatMap(number => {
      const state = states[number]
      return state === undefined ? [] : [portal(number, state)]
    }),
  )

/** What the calls of one attempt come to: mostly one of them fails. */
const anyPlan = fc.array(fc.option(fc.constantFrom(...faults), { nil: undefined, freq: 1 }), { maxLength: 4 })

const anyStep = fc.record({ state: anyState, plan: anyPlan, pause: fc.constantFrom(0, 1000, 11_000) })

const runs = { numRuns: Number(process.env.CASES ?? 25) }

await inNamespace(import.meta.url, () => {
  for (const kind of ['nft', 'legacy'] as const) {
    const options: IptablesOptions = {
      ...{ host: machine, backend: { kind, infix: `-${kind}` }, families: ['IPv4'] },
      ...{ addresses: () => [], report: () => undefined },
    }
    const saved = (): string => run(`iptables-${kind}-save`).replaceAll(/^#.*\n|\[\d+:\d+\]/gm, '')
    const leads = (text: string, { localPort }: CapturedPortal): boolean =>
      text.includes(`-A KUBE-PORTALS-HOST`) && text.includes(`--to-ports ${localPort}\n`)

    const name =
      'whatever fails at whichever call, what was served is served, and when nothing fails all is so'
    t.test(`${name} (${kind})`, { skip: without(`iptables-${kind}-save`) }, async t => {
      const property = fc.asyncProperty(
        fc.array(anyStep, { minLength: 1, maxLength: 5 }),
        anyState,
        async (steps, last) => {
          const { host, fail } = failingHost()
          const clock = new FakeClock()
          const capture = new Iptables({ ...options, host, memory: { clock, span: seconds(10) } })
          // By now in the kernel, as far as was said.
          let inForce: readonly CapturedPortal[] = []
          for (const { state, plan, pause } of steps) {
            const guarded = [...inForce, ...state].map(guardOf)
            fail(...plan)
            const opening = state.filter(each => !inForce.includes(each)).map(guardOf)
            await capture.prepare({ guarded: opening, addresses: [] })
            const { failures } = await capture.apply({ ...wanted(...state), guarded })
            const text = saved()
            const served = failures.length === 0 ? state : state.filter(each => inForce.includes(each))
            for (const each of served)
              if (each.verdict === 'serve' && inForce.includes(each))
                t.ok(leads(text, each), `${each.servicePort.service} is served throughout`)
            inForce = served
            await clock.pass(pause)
            await capture.isIntact()
          }
          fail()
          await clock.pass(11_000)
          await capture.isIntact()
          await capture.apply(wanted(...last))
          const now = saved()
          await capture.remove()
          t.notMatch(saved(), 'KUBE-')
          const fresh = new Iptables(options)
          await fresh.apply(wanted(...last))
          t.equal(saved(), now)
          await fresh.remove()
        },
      )
      await fc.assert(property, runs)
    })
  }
})
