import fc from 'fast-check'
import t from 'tap'
import { type Used, UsageOrder } from '../../../lib/dataplane/udp/usage-order.js'

class Item implements Used<Item> {
  older: Item | undefined
  newer: Item | undefined
}

t.test('it is the order that a list would have of which the used are moved to the end', async t => {
  const step = fc.record({ what: fc.constantFrom('use', 'delete'), which: fc.nat({ max: 6 }) })
  fc.assert(
    fc.property(fc.array(step), steps => {
      const items = Array.from({ length: 7 }, () => new Item())
      const order = new UsageOrder<Item>()
      let model: readonly Item[] = []
      for (const { what, which } of steps) {
        const item = items[which] ?? new Item()
        const known = model.includes(item)
        if (what === 'use' && known) order.use(item)
        else if (what === 'use') order.add(item)
        else if (known) order.delete(item)
        model = [...model.filter(other => other !== item), ...(what === 'use' ? [item] : [])]
      }
      const seen = [...order]
      return (
        seen.length === model.length &&
        seen.every((item, index) => item === model[index]) &&
        order.oldest === model[0] &&
        order.size === model.length
      )
    }),
    { numRuns: 1000 },
  )
  t.pass()
})

t.test('items may be taken out while they are gone through', async t => {
  const order = new UsageOrder<Item>()
  for (let number = 0; number < 5; number += 1) order.add(new Item())
  for (const item of order) order.delete(item)
  t.equal(order.size, 0)
  t.equal(order.oldest, undefined)
})
