import { inNamespace } from '../namespace.js'
import { gone, text, truncated, wrongKinds } from './faults.js'
import { nothingVanishes } from './nothing-vanishes.js'

await inNamespace(import.meta.url, () =>
  nothingVanishes({
    'answers that are no JSON': { watch: gone, list: text('<html>'), trouble: 'garbage' },
    'answers cut short': { watch: gone, list: truncated, trouble: 'garbage' },
    'objects of the wrong kind': { watch: gone, list: wrongKinds, trouble: 'garbage' },
  }),
)
