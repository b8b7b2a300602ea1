import fc from 'fast-check'
import t from 'tap'
import {
  type Reading,
  readGreeting,
  readRequest,
  reply,
  soughtText,
} from '../../../lib/dataplane/socks/message.js'
import { ipAddress } from '../../../lib/model/ip-address.js'

const here = '127.0.0.1:1080'
const bytes = (...parts: readonly (number | string)[]): Buffer =>
  Buffer.concat(parts.map(part => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part))))

const answerOf = (reading: Reading): string =>
  'answer' in reading ? Buffer.from(reading.answer).toString('latin1') : ''

t.test('a client that needs no password is greeted', async t => {
  t.strictSame(readGreeting(bytes(5, 1, 0), here), {
    kind: 'greeted',
    length: 3,
    answer: Uint8Array.of(5, 0),
  })
  t.strictSame(readGreeting(bytes(5, 3, 2, 1, 0, 5), here), {
    kind: 'greeted',
    length: 5,
    answer: Uint8Array.of(5, 0),
  })
})

t.test('a client that insists on a password is told that there is no way in', async t => {
  const reading = readGreeting(bytes(5, 1, 2), here)
  t.match(reading, { kind: 'refused', reason: /user name/ })
  t.equal(answerOf(reading), '\x05\xff')
  t.match(readGreeting(bytes(5, 0), here), { kind: 'refused' })
})

t.test('a client may ask for a name, or for an address of either family', async t => {
  t.strictSame(readRequest(bytes(5, 1, 0, 3, 4, 'cart', 0, 80, 'GET')), {
    kind: 'asked',
    length: 11,
    sought: { kind: 'name', name: 'cart', port: 80 },
  })
  t.strictSame(readRequest(bytes(5, 1, 0, 1, 10, 96, 31, 4, 1, 187)), {
    kind: 'asked',
    length: 10,
    sought: { kind: 'address', address: ipAddress('10.96.31.4'), port: 443 },
  })
  const v6 = [0xfd, ...Array.from({ length: 14 }, () => 0), 7]
  t.strictSame(readRequest(bytes(5, 1, 0, 4, ...v6, 31, 144)), {
    kind: 'asked',
    length: 22,
    sought: { kind: 'address', address: ipAddress('fd00::7'), port: 8080 },
  })
})

t.test('an address that is sent as a name is an address', async t => {
  const { sought } = { sought: undefined, ...readRequest(bytes(5, 1, 0, 3, 9, '10.96.0.1', 0, 80)) }
  t.strictSame(sought, { kind: 'address', address: ipAddress('10.96.0.1'), port: 80 })
})

t.test('what cannot be done is said in the way of the protocol', async t => {
  const whys = [
    [bytes(5, 2, 0, 1), 7, 'it asks for BIND, and there is only CONNECT, for TCP'],
    [bytes(5, 3, 0, 1), 7, 'it asks for UDP ASSOCIATE, and there is only CONNECT, for TCP'],
    [bytes(5, 9, 0, 1), 7, 'it asks for command 9, and there is only CONNECT, for TCP'],
    [bytes(5, 1, 0, 2), 8, 'it writes its destination in a way that there is not: 2'],
    [bytes(6, 1, 0, 1), 1, 'its request makes no sense'],
  ] as const
  for (const [request, code, reason] of whys) {
    const reading = readRequest(request)
    t.match(reading, { kind: 'refused', reason })
    t.equal(answerOf(reading).charCodeAt(1), code, reason)
  }
})

t.test('who speaks something else is told so in its own words', async t => {
  t.equal(answerOf(readGreeting(bytes(4, 1, 0, 80, 0, 0, 0, 1), here)), '\0[\0\0\0\0\0\0')
  t.match(readGreeting(bytes(4), here), {
    reason: 'it speaks SOCKS4; what to do: have it use socks5h://127.0.0.1:1080',
  })
  for (const request of ['GET http://cart/ HTTP/1.1\r\n', 'CONNECT cart:80 HTTP/1.1\r\n', 'PRI * HTTP/2.0'])
    t.equal(
      answerOf(readGreeting(Buffer.from(request), here)),
      [
        'HTTP/1.1 400 This is a SOCKS5 port',
        'content-type: text/plain; charset=utf-8',
        'content-length: 137',
        'connection: close',
        '',
        'kube-portal: this is a SOCKS5 port, no web server and no HTTP proxy.\nTry: curl --proxy socks5h://127.0.0.1:1080 http://SERVICE.NAMESPACE\n',
      ].join('\r\n'),
    )
  t.match(readGreeting(bytes(0x16, 3, 1), here), { answer: new Uint8Array(), reason: /TLS/ })
  t.match(readGreeting(bytes('ssh'), here), { answer: new Uint8Array(), reason: /something else/ })
})

t.test('our answers have the form of RFC 1928', async t => {
  t.strictSame(reply('succeeded'), Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0))
  t.strictSame(reply('connection refused'), Uint8Array.of(5, 5, 0, 1, 0, 0, 0, 0, 0, 0))
})

t.test('a destination that is no name cannot end the line that tells of it', async t => {
  t.equal(soughtText({ kind: 'name', name: 'cart.shop', port: 80 }), 'cart.shop:80')
  t.equal(soughtText({ kind: 'name', name: 'a\nb', port: 1 }), '"a\\nb":1')
  t.equal(soughtText({ kind: 'address', address: ipAddress('fd00::7'), port: 80 }), '[fd00::7]:80')
})

const readers = [(all: Buffer): Reading => readGreeting(all, here), readRequest] as const

t.test('no bytes of a client are too much', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.constantFrom(...readers), (sent, read) => {
      const reading = read(Buffer.from(sent))
      // The longest message has 262 bytes: so no more are ever waited for.
      if (reading.kind === 'unfinished') return sent.length < 262
      return !('length' in reading) || reading.length <= sent.length
    }),
    { numRuns: 2000 },
  )
})

t.test('it does not matter in what pieces a message comes', async () => {
  const begun = fc.constantFrom([5, 1, 0], [5, 1, 0, 3, 4], [5, 1, 0, 1], [5, 1, 0, 4], [5, 2, 0, 2], [5])
  fc.assert(
    fc.property(begun, fc.uint8Array({ maxLength: 40 }), fc.constantFrom(...readers), (begin, rest, read) => {
      const all = Buffer.from([...begin, ...rest])
      const whole = read(all)
      const first = all.findIndex((_, index) => read(all.subarray(0, index)).kind !== 'unfinished')
      return first === -1 || isSame(read(all.subarray(0, first)), whole)
    }),
    { numRuns: 2000 },
  )
})

const isSame = (one: Reading, other: Reading): boolean => JSON.stringify(one) === JSON.stringify(other)
