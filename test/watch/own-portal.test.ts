import t from 'tap'
import { whyOwnPortal } from '../../lib/watch/own-portal.js'
import { service } from './api-objects.js'
import { snapshotOf } from './translation.js'

const kubernetes = service({
  name: 'kubernetes',
  namespace: 'default',
  spec: {
    clusterIP: '10.96.0.1',
    ports: [
      { name: 'https', port: 443 },
      { name: 'quic', protocol: 'UDP', port: 8443 },
    ],
  },
})
const snapshot = snapshotOf({ services: [kubernetes], slices: [] })

t.test('an API server behind our own portal is a conflict, by address and by name', t => {
  for (const url of [
    'https://10.96.0.1',
    'https://10.96.0.1:443',
    'https://kubernetes.default.svc',
    'https://kubernetes.default.svc.cluster.local:443',
  ])
    t.match(whyOwnPortal(snapshot, new URL(url)), { code: 'conflict', cure: /--master/ }, url)
  t.equal(
    whyOwnPortal(snapshot, new URL('https://10.96.0.1'))?.message,
    "the API server's address 10.96.0.1 is a portal of default/kubernetes:https, which only we would serve",
  )
  t.end()
})

t.test('an API server anywhere else is none', t => {
  for (const url of [
    'https://10.96.0.1:6443',
    'https://10.96.0.1:8443',
    'https://192.0.2.1',
    'https://kubernetes.example.com',
    'http://[::1]:443',
  ])
    t.equal(whyOwnPortal(snapshot, new URL(url)), undefined, url)
  t.end()
})
