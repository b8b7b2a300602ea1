import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { shells } from './shells.js'

t.test('nothing is ever passed to a shell', t => {
  t.strictSame([...shells('lib'), ...shells('bin')], [])
  t.end()
})

const ways: readonly (readonly [string, string])[] = [
  [`import { exec } from 'node:child_process'`, 'imports exec'],
  [`import { spawn, execSync as run } from 'child_process'`, 'imports execSync'],
  [`import * as all from 'node:child_process'`, 'imports all of child_process'],
  [`import all from 'node:child_process'`, 'imports all of child_process'],
  [`await import('node:child_process')`, 'gets node:child_process in another way than by import'],
  [`require('child_process')`, 'gets child_process in another way than by import'],
  [`spawn('ls', { shell: true })`, 'has an option shell'],
  [`spawn('ls', { 'shell': true })`, 'has an option shell'],
  [`const shell = true; spawn('ls', { shell })`, 'has an option shell'],
  [`spawn('sh', ['-c', text])`, 'names the shell sh'],
  ['spawn(`/usr/bin/bash`, ["-c", text])', 'names the shell /usr/bin/bash'],
]

for (const [code, reason] of ways)
  t.test(`found: ${code}`, t => {
    const folder = t.testdir()
    writeFileSync(join(folder, 'a.ts'), code)
    t.strictSame(shells(folder), [`a.ts: ${reason}`])
    t.end()
  })

t.test('a program without a shell is none', t => {
  const folder = t.testdir()
  writeFileSync(
    join(folder, 'a.ts'),
    `import { type ChildProcess, spawn } from 'node:child_process'; spawn('ip', ['link'])`,
  )
  t.strictSame(shells(folder), [])
  t.end()
})
