import t from 'tap'
import { stepText } from '../../../lib/cli/trace/step-text.js'

// By this machine's time zone, which is anyone's.
const time = (text: string): string => text.replace(/^\d\d:\d\d:(\d\d\.\d{3}) /gm, 'HH:MM:$1 ')

t.test('steps are lines of columns that fit on 80, with more room where it is needed', async t => {
  const at = '2026-01-01T10:00:05.007Z'
  const steps = [
    { id: '#7', servicePort: 'shop/cart:http/TCP', step: 'accepted', text: 'from 10.244.0.7:40312' },
    {
      id: '#7',
      servicePort: 'shop/cart:http/TCP',
      step: 'chosen',
      text: '10.244.0.9:8080, in turn, attempt 2',
    },
    {
      id: 'udp:40312',
      servicePort: 'kube-system/kube-dns:dns/UDP/IPv6',
      step: 'endpoint refused',
      text: '80 B sent',
    },
  ]
  t.equal(
    time(steps.map(step => stepText({ kind: 'step', at, ...step })).join('')),
    `HH:MM:05.007 #7    shop/cart:http accepted  from 10.244.0.7:40312
HH:MM:05.007 #7    shop/cart:http chosen    10.244.0.9:8080, in turn, attempt 2
HH:MM:05.007 udp:40312 kube-system/kube-dns:dns/IPv6 endpoint refused 80 B sent
`,
  )
})
