import { readFileSync } from 'node:fs'
import t from 'tap'
import { listAt, textAt } from '../../../lib/sandbox/json.js'
import { readRecording } from '../../../lib/sandbox/api/store/recording.js'
import { Client } from './client.js'
import { newStore, startSandbox } from './sandbox.js'

const folder = 'test/recordings/kubernetes-1.36'
const read = (name: string): string => readFileSync(`${folder}/${name}`, 'utf8')

const paths = {
  services: '/api/v1/services',
  nodes: '/api/v1/nodes',
  endpointslices: '/apis/discovery.k8s.io/v1/endpointslices',
} as const

const resources = ['services', 'nodes', 'endpointslices'] as const

const pages = async (client: Client, path: string): Promise<unknown[]> => {
  const items: unknown[] = []
  for (let token = ''; ;) {
    const { body } = await client.ask('GET', `${path}?limit=5${token === '' ? '' : `&continue=${token}`}`)
    items.push(...listAt(body, 'items'))
    token = textAt(body, 'metadata', 'continue')
    if (token === '') return items
  }
}

t.test('what a real API server sent', async t => {
  const store = newStore()
  for (const resource of resources)
    store.ledger.replay(
      resource,
      readRecording(read(`${resource}.list.json`), read(`${resource}.watch.jsonl`)),
    )
  const { server } = await startSandbox(store)
  const client = new Client(server)
  t.teardown(async () => {
    client.close()
    await server.close()
  })

  for (const resource of resources) {
    t.test(`a list of ${resource} in pages equals the one taken at the end`, async t => {
      const final: unknown = JSON.parse(read(`${resource}.final.json`))
      t.strictSame(await pages(client, paths[resource]), listAt(final, 'items'))
    })

    t.test(`a watch of ${resource} from the first list tells every line again`, async t => {
      const lines = read(`${resource}.watch.jsonl`).trim().split('\n')
      const from = textAt(JSON.parse(read(`${resource}.list.json`)), 'metadata', 'resourceVersion')
      const watch = client.watch(`${paths[resource]}?watch=1&resourceVersion=${from}`)
      for (const line of lines) t.strictSame((await watch.next()).value, JSON.parse(line))
      await watch.return(undefined)
    })
  }

  t.test('a Service made afterwards gets no address that was recorded', async t => {
    const taken = textAt(store.get('services', 'default', 'kubernetes'), 'spec', 'clusterIP')
    t.equal(taken, '10.96.0.1')
    const spec = { clusterIP: taken, ports: [{ port: 80 }] }
    t.throws(() => store.create('services', { metadata: { name: 'thief' }, spec }), { code: 422 })
  })
})
