import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { Composer } from '../../../lib/watch/translation/composer.js'
import { readEndpointSlice } from '../../../lib/watch/translation/endpoint-slice.js'
import { readService } from '../../../lib/watch/translation/service.js'
import { at, service, slice } from '../api-objects.js'
import { anywhere, compose, type Objects, translation } from '../translation.js'

const names = fc.constantFrom('cart', 'web', 'db')
const conditions = fc.record(
  { ready: fc.boolean(), serving: fc.boolean(), terminating: fc.boolean() },
  { requiredKeys: [] },
)
const endpoints = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 4 }), conditions).map(([host, state]) => at(`10.244.1.${host}`, state)),
  { maxLength: 4 },
)
const slices = fc.array(
  fc.tuple(names, endpoints).map(([name, all]) => ({ service: name, endpoints: all })),
  { maxLength: 6 },
)

const cluster = (parts: readonly { service: string; endpoints: unknown }[]): Objects => ({
  services: ['cart', 'web', 'db'].map((name, index) =>
    service({ name, spec: { clusterIP: `10.96.0.${index + 1}` } }),
  ),
  slices: parts.map((each, index) => slice({ ...each, name: `s-${index}` })),
})

t.test('whatever JSON comes, reading it ends well', t => {
  fc.assert(
    fc.property(fc.jsonValue(), anything => {
      for (const object of [
        anything,
        { metadata: anything, spec: anything, status: anything, ports: anything, endpoints: anything },
        service({
          name: anything,
          labels: anything,
          annotations: anything,
          spec: { clusterIP: anything, clusterIPs: anything, ports: anything },
        }),
        slice({ labels: anything, addressType: anything, ports: anything, endpoints: anything }),
        slice({ ports: [anything], endpoints: [anything, at(anything, anything)] }),
      ]) {
        compose({ services: [object], slices: [object], node: object })
      }
    }),
  )
  t.end()
})

t.test('a bad object changes nothing but itself', t => {
  const bad = fc.constantFrom<Objects>(
    { services: [service({ name: 'a\nb', spec: { clusterIP: '10.244.1.1' } })], slices: [] },
    {
      services: [service({ name: 'bad', created: '2026-02-01T00:00:00Z', spec: { clusterIP: '10.96.0.1' } })],
      slices: [],
    },
    { services: [service({ name: 'bad', spec: { clusterIP: 'x' } })], slices: [] },
    { services: [], slices: [slice({ name: 'bad', ports: [{ port: 70_000 }] })] },
    { services: [], slices: [slice({ name: 'bad', addressType: 'FQDN' })] },
    { services: [], slices: [slice({ name: 'bad', endpoints: [at('127.0.0.1'), at('10.96.0.2')] })] },
  )
  fc.assert(
    fc.property(slices, bad, (parts, more) => {
      const good = cluster(parts)
      const without = translation({ ...good, slices: [...good.slices] })
      const withBad = translation({
        services: [...more.services, ...good.services],
        slices: [...more.slices, ...good.slices],
      })
      const added = withBad.filter(line => !without.includes(line))
      return (
        without.every(line => withBad.includes(line)) &&
        added.length > 0 &&
        added.every(line => line.startsWith('refused: '))
      )
    }),
  )
  t.end()
})

t.test('the order in which objects came does not matter', t => {
  fc.assert(
    fc.property(slices, fc.infiniteStream(fc.nat()), (parts, random) => {
      const { services, slices } = cluster(parts)
      const shuffled = <Value>(values: readonly Value[]): Value[] =>
        values
          .map(value => ({ value, at: Number(random.next().value) }))
          .sort((one, other) => one.at - other.at)
          .map(({ value }) => value)
      const one = translation({ services, slices })
      const other = translation({ services: shuffled(services), slices: shuffled(slices) })
      return JSON.stringify(one) === JSON.stringify(other)
    }),
  )
  t.end()
})

t.test('what is taken from the last time is what would be made anew', t => {
  fc.assert(
    fc.property(fc.array(slices, { maxLength: 5 }), steps => {
      const composer = new Composer(anywhere)
      const services = cluster([]).services.map(readService)
      return steps.every(parts => {
        const now = { services, slices: cluster(parts).slices.map(readEndpointSlice), node: undefined }
        return isDeepStrictEqual(composer.compose(now), new Composer(anywhere).compose(now))
      })
    }),
  )
  const composer = new Composer(anywhere)
  const now = { services: [readService(service())], slices: [readEndpointSlice(slice())], node: undefined }
  t.equal(composer.compose(now).snapshot.servicePorts[0], composer.compose(now).snapshot.servicePorts[0])
  t.end()
})
