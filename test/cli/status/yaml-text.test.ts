import t from 'tap'
import { yamlText } from '../../../lib/cli/status/yaml-text.js'

t.test('values are YAML that nobody takes for something else', async t => {
  const value = {
    plain: 'web',
    quoted: ['yes', '', '10.96.0.10:80', '08', 'a: b', '*:30080', 'line\nbreak', '# no comment'],
    none: { list: [], object: {} },
    left: undefined,
    deep: [
      { name: 'one', ports: [1, 2] },
      { name: 'two', ready: false },
    ],
  }
  t.equal(
    yamlText(value),
    `plain: web
quoted:
- "yes"
- ""
- "10.96.0.10:80"
- "08"
- "a: b"
- "*:30080"
- "line\\nbreak"
- "# no comment"
none:
  list: []
  object: {}
deep:
- name: one
  ports:
  - 1
  - 2
- name: two
  ready: false
`,
  )
})
