import { readFileSync } from 'node:fs'
import t from 'tap'
import { field } from '../../lib/watch/raw.js'
import { recordings } from './recording.js'
import { translation } from './translation.js'

const finals = recordings.map(({ final }) => [...final.values()])

t.test('a real cluster with hostile objects in it is proxied, all but the hostile ones', t => {
  const [services = [], slices = [], nodes = []] = finals
  const node = nodes.find(each => field(each, 'metadata', 'name') === 'kind-worker')
  t.equal(
    `${translation({ services, slices, node }).join('\n')}\n`,
    readFileSync('test/watch/recorded-translation.txt', 'utf8'),
  )
  t.end()
})
