import t from 'tap'
import { decodeObject } from '../../../lib/sandbox/api/protobuf/envelope.js'

/** A field whose content is `parts` after another, as protobuf writes it; for lengths below 128. */
const field = (number: number, ...parts: readonly (string | Buffer)[]): Buffer => {
  const content = Buffer.concat(parts.map(part => Buffer.from(part)))
  return Buffer.concat([Buffer.from([number * 8 + 2, content.length]), content])
}

const whole = (number: number, value: number): Buffer => Buffer.from([number * 8, value])

const envelope = (kind: string, ...fields: readonly Buffer[]): Buffer =>
  Buffer.concat([Buffer.from('k8s\0'), field(1, field(1, 'v1'), field(2, kind)), field(2, ...fields)])

t.test('a Service in protobuf reads as the same Service in JSON', async t => {
  const metadata = field(
    1,
    field(1, 'cart'),
    field(11, field(1, 'app'), field(2, 'web')),
    field(11, field(1, 'b')),
  )
  const target = field(4, whole(1, 1), whole(2, 0), field(3, 'http'))
  const ports = [field(1, whole(3, 80), target, whole(5, 0)), field(1, field(2, 'UDP'), whole(3, 53))]
  t.strictSame(decodeObject(envelope('Service', metadata, field(2, ...ports, whole(13, 0)))), {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'cart', labels: { app: 'web', b: '' } },
    spec: {
      ports: [
        { port: 80, targetPort: 'http' },
        { protocol: 'UDP', port: 53 },
      ],
    },
  })
})

t.test('a kind that we know in JSON only is an unsupported type', async t => {
  t.throws(() => decodeObject(envelope('Lease')), { code: 415 })
})

t.test('what is no message, or cut short, is a bad request', async t => {
  const good = envelope('Service', field(1, field(1, 'cart')))
  for (const bad of [Buffer.from('{}'), good.subarray(0, -1), Buffer.concat([good, Buffer.from([0x80])])])
    t.throws(() => decodeObject(bad), { code: 400 })
})
