import t from 'tap'
import { cidrs, interfaceName, udpSpan } from '../../lib/cli/parsers.js'
import { cidrText } from '../../lib/model/cidr.js'

t.test("a UDP timeout of 0 s is the default, as it is in kube-proxy's files", async t => {
  t.strictSame(['30s', '0s', '0'].map(udpSpan), [30_000, 120_000, 120_000])
})

t.test('a list of ranges may have blanks and empty parts, but no nonsense', async t => {
  t.strictSame(cidrs('10.0.0.0/8, fd00::/8,').map(cidrText), ['10.0.0.0/8', 'fd00::/8'])
  t.strictSame(cidrs(''), [])
  t.throws(() => cidrs('10.0.0.0/8,elsewhere'), { message: /written like 10\.0\.0\.0\/8, not "elsewhere"/ })
})

t.test("an interface's name is one that Linux takes, and never more than one argument of a rule", async t => {
  t.strictSame(['cni0', 'br-5d3c', 'eth0.100'].map(interfaceName), ['cni0', 'br-5d3c', 'eth0.100'])
  for (const name of ['', 'cni0 -j ACCEPT', '-j', 'cali+', 'a/b', 'sixteen-letters-', '"'])
    t.throws(() => interfaceName(name), { message: /no name of a network interface/ }, name)
})
