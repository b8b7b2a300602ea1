import t from 'tap'

// As on a Node that does not have what `HandleStream` takes: so it is asked before anything of ours is loaded.
Reflect.set(process, 'binding', undefined)
const { tcpHandles } = await import('../../../lib/stream/tcp-handle.js')
const { tryBatches } = await import('./batch.js')

t.test(
  '200 random connections at once fare as well where Node has nothing but its public streams',
  async t => {
    t.equal(tcpHandles, undefined)
    await t.resolves(tryBatches(t, 2))
  },
)
