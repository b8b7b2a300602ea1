import t from 'tap'
import { proxyHeader } from '../../lib/dataplane/proxy-header.js'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'

const end = (address: string, number: number): Endpoint => ({
  address: ipAddress(address),
  port: port(number),
})

const hex = (header: Uint8Array): string => Buffer.from(header).toString('hex')

const signature = '0d0a0d0a000d0a515549540a'

const four = { client: end('10.244.0.7', 56_324), portal: end('10.96.0.10', 443) }
const six = { client: end('fd00::7', 56_324), portal: end('2001:db8::ffff:1', 443) }

t.test('version 1 is one line', async t => {
  t.equal(String(proxyHeader('v1', four)), 'PROXY TCP4 10.244.0.7 10.96.0.10 56324 443\r\n')
  t.equal(String(proxyHeader('v1', six)), 'PROXY TCP6 fd00::7 2001:db8::ffff:1 56324 443\r\n')
})

t.test('version 2 is a signature, the command, the family, a length, addresses and ports', async t => {
  t.equal(hex(proxyHeader('v2', four)), `${signature}2111000c0af400070a60000adc0401bb`)
  t.equal(
    hex(proxyHeader('v2', six)),
    `${signature}21210024fd00000000000000000000000000000720010db80000000000000000ffff0001dc0401bb`,
  )
})

t.test('a portal that is not known, or of another family, is not made up', async t => {
  for (const portal of [undefined, six.portal]) {
    t.equal(String(proxyHeader('v1', { client: four.client, portal })), 'PROXY UNKNOWN\r\n')
    t.equal(hex(proxyHeader('v2', { client: four.client, portal })), `${signature}20000000`)
  }
})

t.test('a client that came as IPv4 over IPv6 is an IPv4 client', async t => {
  const client = end('::ffff:10.244.0.7', 1)
  t.equal(
    String(proxyHeader('v1', { client, portal: four.portal })),
    'PROXY TCP4 10.244.0.7 10.96.0.10 1 443\r\n',
  )
})
