import fc from 'fast-check'
import t from 'tap'
import { comment, sameRule, targetOf, tokensOf } from '../../lib/capture/rule.js'

const printable = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map(code => String.fromCharCode(code)),
  maxLength: 255,
})

t.test('a comment comes back as it went in, whatever quotes and options are in it', t => {
  fc.assert(
    fc.property(printable, text => {
      const rule = `-p tcp ${comment(text)} -j ACCEPT`
      t.strictSame(tokensOf(rule), ['-p', 'tcp', '-m', 'comment', '--comment', text, '-j', 'ACCEPT'])
    }),
  )
  t.end()
})

t.test('no name can begin a line or an argument of its own', t => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), text => {
      const rule = comment(text)
      t.match(rule, /^[\x20-\x7e]*$/)
      t.equal(tokensOf(rule).length, 4)
      t.ok((tokensOf(rule)[3] ?? '').length <= 255)
    }),
  )
  t.equal(comment('a\n-A INPUT -j "ACCEPT"'), `-m comment --comment "a?-A INPUT -j \\"ACCEPT\\""`)
  t.end()
})

t.test('rules are the same however they are quoted', t => {
  t.ok(sameRule('-m comment --comment "it\'s" -j A', '-m comment --comment "it\\\'s" -j "A"'))
  t.notOk(sameRule('-m comment --comment "a b" -j A', '-m comment --comment a b -j A'))
  t.notOk(sameRule('-j A', '-j A -p tcp'))
  t.end()
})

t.test('a rule leads where it jumps or goes to, and not where its comment says', t => {
  t.equal(targetOf('-p tcp -m comment --comment "-j LOG" -g THERE'), 'THERE')
  t.equal(targetOf('-j REDIRECT --to-ports 14000'), 'REDIRECT')
  t.equal(targetOf('-m comment --comment "-j LOG"'), undefined)
  t.end()
})
