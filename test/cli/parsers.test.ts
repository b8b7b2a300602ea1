import t from 'tap'
import { udpSpan } from '../../lib/cli/parsers.js'

t.test("a UDP timeout of 0 s is the default, as it is in kube-proxy's files", async t => {
  t.strictSame(['30s', '0s', '0'].map(udpSpan), [30_000, 120_000, 120_000])
})
