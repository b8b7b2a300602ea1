import {
  chmodSync,
  chownSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import t, { type Test } from 'tap'
import { machine } from '../../lib/host/machine.js'
import { onlooker } from '../../lib/host/onlooker.js'
import { run } from '../capture/commands.js'
import { inNamespace } from '../namespace.js'

const folderWith = (t: Test, text: string | Buffer) => {
  const folder = t.testdir()
  const path = `${folder}/hosts`
  writeFileSync(path, text)
  return { folder, path }
}

const append = (line: string) => (text: string) => `${text}${line}\n`

await inNamespace(import.meta.url, () => {
  t.test('bytes that mean nothing come through, and owner and mode stay', async t => {
    const { folder, path } = folderWith(t, Buffer.of(0x23, 0xe9, 0xff, 0x0a))
    chmodSync(path, 0o640)
    chownSync(path, 0, 0)
    t.equal(await machine.editFile(path, append('x')), true)
    t.strictSame(readFileSync(path), Buffer.of(0x23, 0xe9, 0xff, 0x0a, 0x78, 0x0a))
    t.equal(statSync(path).mode & 0o777, 0o640)
    t.strictSame(readdirSync(folder), ['hosts'])
  })

  t.test('a file that would stay the same is not touched, nor is one that is not there', async t => {
    const { folder, path } = folderWith(t, 'a\n')
    const { ino } = statSync(path)
    t.equal(await machine.editFile(path, text => text), false)
    t.equal(statSync(path).ino, ino)
    t.equal(await machine.editFile(`${folder}/none`, append('x')), false)
    t.strictSame(readdirSync(folder), ['hosts'])
  })

  t.test('a link stays one', async t => {
    const { folder, path } = folderWith(t, 'a\n')
    symlinkSync('hosts', `${folder}/link`)
    await machine.editFile(`${folder}/link`, append('x'))
    t.equal(readFileSync(path, 'utf8'), 'a\nx\n')
    t.ok(lstatSync(`${folder}/link`).isSymbolicLink())
  })

  t.test('what others write meanwhile is kept', async t => {
    const { path } = folderWith(t, 'a\n')
    let others = 2
    const edit = (text: string): string => {
      if (others > 0) writeFileSync(path, `${readFileSync(path, 'utf8')}other ${(others -= 1)}\n`)
      return `${text}x\n`
    }
    t.equal(await machine.editFile(path, edit), true)
    t.equal(readFileSync(path, 'utf8'), 'a\nother 1\nother 0\nx\n')
  })

  t.test('one that others never leave alone is given up', async t => {
    const { folder, path } = folderWith(t, 'a\n')
    const edit = (text: string): string => {
      writeFileSync(path, `${text}other\n`)
      return `${text}x\n`
    }
    await t.rejects(machine.editFile(path, edit), { message: /others change .* all the time/ })
    t.notMatch(readFileSync(path, 'utf8'), 'x')
    t.strictSame(readdirSync(folder), ['hosts'])
  })

  t.test('a file that is mounted itself, as in a container, is written into', async t => {
    const { folder, path } = folderWith(t, 'a\n')
    writeFileSync(`${folder}/mounted`, 'b\nlonger than that\n')
    run('mount', '--bind', `${folder}/mounted`, path)
    t.equal(await machine.editFile(path, () => 'b\n'), true)
    t.equal(readFileSync(`${folder}/mounted`, 'utf8'), 'b\n')
    t.strictSame(readdirSync(folder).sort(), ['hosts', 'mounted'])
    run('umount', path)
  })

  t.test('who only looks on changes nothing, and knows what would change', async t => {
    const { path } = folderWith(t, 'a\n')
    t.equal(await onlooker(machine).editFile(path, append('x')), true)
    t.equal(await onlooker(machine).editFile(path, text => text), false)
    t.equal(readFileSync(path, 'utf8'), 'a\n')
  })
})
