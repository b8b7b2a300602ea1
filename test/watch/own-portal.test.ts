import t from 'tap'
import type { Snapshot } from '../../lib/model/snapshot.js'
import { apiServerAt, whyOwnPortal } from '../../lib/watch/own-portal.js'
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
const snapshotSeenFrom = (url: string): Snapshot => {
  const apiServer = apiServerAt(new URL(url))
  return snapshotOf(
    { services: [kubernetes], slices: [] },
    { rules: { serviceCidrs: [], ...(apiServer && { apiServers: [apiServer] }) } },
  )
}

t.test('an API server behind our own portal is a conflict, by address and by name', t => {
  for (const url of [
    'https://10.96.0.1',
    'https://10.96.0.1:443',
    'https://kubernetes.default.svc',
    'https://kubernetes.default.svc.cluster.local:443',
  ])
    t.match(whyOwnPortal(snapshotSeenFrom(url), new URL(url)), { code: 'conflict', cure: /--master/ }, url)
  t.equal(
    whyOwnPortal(snapshotSeenFrom('https://10.96.0.1'), new URL('https://10.96.0.1'))?.message,
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
    t.equal(whyOwnPortal(snapshotSeenFrom(url), new URL(url)), undefined, url)
  t.end()
})

t.test('the address of an API server is that of its URL, which may have a name instead', t => {
  t.strictSame(apiServerAt(new URL('https://192.0.2.1:6443')), { address: '192.0.2.1', port: 6443 })
  t.strictSame(apiServerAt(new URL('https://[fd00::1]')), { address: 'fd00::1', port: 443 })
  t.strictSame(apiServerAt(new URL('http://127.0.0.1')), { address: '127.0.0.1', port: 80 })
  t.equal(apiServerAt(new URL('https://api.example.com')), undefined)
  t.end()
})
