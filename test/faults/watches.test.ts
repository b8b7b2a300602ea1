import { inNamespace } from '../namespace.js'
import { gone, refuse } from './faults.js'
import { nothingVanishes } from './nothing-vanishes.js'

await inNamespace(import.meta.url, () =>
  nothingVanishes({
    'a version that is gone, said in the stream': { watch: gone, trouble: 'expired' },
    'a version that is gone, said by the status': { watch: refuse(410), trouble: 'expired' },
    'a server in trouble': { watch: refuse(503), trouble: 'busy' },
    'a server that asks for a pause': { watch: refuse(429, { 'retry-after': '1' }), trouble: 'busy' },
  }),
)
