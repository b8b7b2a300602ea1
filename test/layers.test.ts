import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { violations } from './layers.js'

t.test('every import follows the design', t => {
  t.strictSame(violations('lib'), [])
  t.end()
})

const tree = (root: string, files: Readonly<Record<string, string>>): string => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return root
}

t.test('an import against the design is found', t => {
  const lib = tree(t.testdir(), {
    'model/a.ts': `import { b } from '../balancer/b.js'`,
    'balancer/b.ts': `import { connect } from 'node:net'`,
    'dataplane/c.ts': `import { Sticky } from '../balancer/b.js'\nimport type { D } from '../reach/d.js'`,
    'reach/d.ts': `import winston from 'winston'`,
    'attic/e.ts': `import 'node:path'`,
  })
  t.strictSame(violations(lib), [
    `attic/e.ts: the folder 'attic' is not in test/layers.ts`,
    'balancer/b.ts: balancer may not import node:net',
    `dataplane/c.ts: dataplane may import only types of balancer ('../balancer/b.js')`,
    `model/a.ts: model may not import balancer ('../balancer/b.js')`,
    'reach/d.ts: reach may not import the package winston',
  ])
  t.end()
})

t.test('files that import each other are found', t => {
  const lib = tree(t.testdir(), {
    'model/a.ts': `import { b } from './b.js'`,
    'model/b.ts': `export type { A } from './a.js'`,
  })
  t.match(violations(lib), [/a\.ts -> .*b\.ts -> .*a\.ts/])
  t.end()
})

t.test('a package used in two folders is found', t => {
  const lib = tree(t.testdir(), {
    'observe/a.ts': `import winston from 'winston'`,
    'watch/b.ts': `import winston from 'winston'`,
  })
  t.match(violations(lib), [/package winston/, 'the package winston is imported in observe and watch'])
  t.end()
})
