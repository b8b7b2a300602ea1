import fc from 'fast-check'
import t from 'tap'
import type { ProxyEvent } from '../../../lib/model/event.js'
import { type ApiKind, endpointSlices, services } from '../../../lib/watch/api-kind.js'
import { field, isRaw, text } from '../../../lib/watch/raw.js'
import { memoryBytes } from '../../bench/measure/process.js'
import { startFaultStage } from '../../faults/stage.js'
import { inNamespace } from '../../namespace.js'
import { at } from '../../services/heard.js'
import { dialable, hostile } from '../../watch/translation/hostile.js'
import { callers } from '../callers.js'
import { saw } from '../saw.js'

const objects = 100_000

/** So many samples at once; each has about eight objects. */
const batch = 250

/** So many names, or each Service would have its listener, of which there are not so many. The one called `hostile` has endpoints, and is the oldest. */
const names = 1000

/** A line of a watch. What has no name is no object of the API, so that it has one always. */
const lineOf = (
  { kind, apiVersion }: ApiKind,
  object: unknown,
  more: { number: number; version: string },
): string => {
  const metadata = field(object, 'metadata')
  const written = text(field(metadata, 'name')) ?? ''
  const name = written === 'hostile' && more.number % 4 > 0 ? `later-${more.number % names}` : written
  const oldest = name === 'hostile' && { creationTimestamp: '2026-01-01T00:00:00Z' }
  const whole = {
    ...(isRaw(object) && object),
    ...{
      kind,
      apiVersion,
      metadata: { ...(isRaw(metadata) && metadata), ...oldest, name, resourceVersion: more.version },
    },
  }
  return `${JSON.stringify({ type: 'ADDED', object: whole })}\n`
}

/** Who was dialled, and who would be if somebody called a hostile Service. */
const dialled = (event: ProxyEvent): readonly string[] => {
  if (event.type === 'connected' || event.type === 'dial-failed' || event.type === 'flow-began')
    return [event.endpoint.address]
  return event.type === 'endpoints' && !event.servicePort.startsWith('default/')
    ? event.endpoints.map(({ address }) => address)
    : []
}

await inNamespace(import.meta.url, async () => {
  const it = await startFaultStage()
  const { stage, unruly, portal } = it
  const { node } = stage.clients
  const web = await stage.serve('web')
  const fault = `${objects.toLocaleString('en')} hostile objects`

  t.test(fault, async t => {
    const there = stage.clusterIp('web')
    const calling = callers({ client: node, to: there, isServed: answer => answer === web, rate: 50 })
    const from = portal.now()
    const memory = [await memoryBytes(portal.pid ?? 0)]
    let sent = 0
    while (sent < objects) {
      const version = String(stage.objects.ledger.version)
      for (const bad of fc.sample(hostile, batch))
        for (const [kind, all] of [
          [services, bad.services],
          [endpointSlices, bad.slices],
        ] as const)
          for (const object of all)
            unruly.say(kind.resource, lineOf(kind, object, { number: sent++, version }))
      await stage.synced()
      // Nobody is there; but whoever were dialled for it is heard of.
      await Promise.all([node.tcp(at('10.96.0.66', 80)), node.udp(at('10.96.0.66', 8080))])
      memory.push(await memoryBytes(portal.pid ?? 0))
    }
    const { answered, failures } = await calling.stop()
    const known = new Set<string>([...stage.addresses('web'), ...dialable])
    const all = portal.events(from)
    const found = new Set(all.flatMap(dialled))
    const strangers = new Set([...found].filter(address => !known.has(address)))
    const refusals = all.filter(({ type }) => type === 'skipped').length
    const [before = 0, half = 0, after = 0] = [0, memory.length >> 1, memory.length - 1].map(index =>
      Math.round((memory[index] ?? 0) / 1e6),
    )
    saw(t, {
      ...{ fault, promise: 'no crash, and no connection of others fails' },
      seen: `${failures.length} of ${answered + failures.length} failed; ${refusals} times something was said to be left out`,
      kept: failures.length === 0 && answered > 0 && refusals > 0,
    })
    saw(t, {
      ...{ fault, promise: 'nobody is dialled, or would be, who may not be' },
      seen: `${strangers.size === 0 ? 'nobody' : [...strangers].join()}, of ${found.size}`,
      kept: strangers.size === 0 && found.size > 1,
    })
    saw(t, {
      ...{ fault, promise: 'memory is bounded' },
      seen: `${before} MB before, ${half} MB after half of them, ${after} MB after all`,
      kept: after < half + 50,
    })
  })
})
