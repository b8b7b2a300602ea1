import { inNamespace } from '../namespace.js'
import { endless, reordered, text, truncated, wrongKinds } from './faults.js'
import { nothingVanishes } from './nothing-vanishes.js'

await inNamespace(import.meta.url, () =>
  nothingVanishes({
    'a line that is no JSON': { watch: text('<html>\n'), trouble: 'garbage' },
    'a line cut short': { watch: truncated, trouble: 'unreachable' },
    'an object of the wrong kind': { watch: wrongKinds, trouble: 'garbage' },
    'lines in the wrong order': { watch: reordered, trouble: 'garbage' },
    'a line that never ends': { watch: endless, trouble: 'garbage' },
  }),
)
