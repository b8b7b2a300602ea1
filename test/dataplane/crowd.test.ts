import fc from 'fast-check'
import t from 'tap'
import { Crowd, type Place } from '../../lib/dataplane/crowd.js'

t.test('whoever came and has not left is there, however they come and go', t => {
  const steps = fc.array(fc.oneof(fc.constant('come'), fc.nat(20)))
  const property = fc.property(steps, all => {
    const [crowd, present] = [new Crowd<number>(), new Map<number, Place<number>>()]
    all.forEach((step, number) => {
      if (step === 'come') {
        present.set(number, crowd.add(number))
        return
      }
      const [leaver, place] = [...present][step] ?? []
      if (leaver === undefined || !place) return
      present.delete(leaver)
      if (!crowd.delete(place)) throw new Error('it was not there')
      if (crowd.delete(place)) throw new Error('it was there twice')
    })
    const [seen, expected] = [[...crowd.members].sort(), [...present.keys()].sort()]
    if (crowd.size !== expected.length || String(seen) !== String(expected)) throw new Error(String(seen))
  })
  t.doesNotThrow(() => fc.assert(property))
  t.end()
})
