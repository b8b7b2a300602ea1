import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { machine } from '../../lib/host/machine.js'
import { milliseconds, seconds } from '../../lib/model/milliseconds.js'

const timeout = seconds(10)

t.test('a program runs with its input, without a shell, and leaves its output', async t => {
  t.strictSame(await machine.run('cat', ['-', '/$HOME'], { timeout, input: 'hello' }), {
    code: 1,
    stdout: 'hello',
    stderr: "cat: '/$HOME': No such file or directory\n",
  })
})

t.test('a program without input reads an empty one', async t => {
  t.match(await machine.run('cat', [], { timeout }), { code: 0, stdout: '' })
})

t.test('a program need not read its input', async t => {
  t.match(await machine.run('true', [], { timeout, input: 'x'.repeat(1_000_000) }), { code: 0 })
})

t.test('a program ended by a signal has code 128 and the number of the signal', async t => {
  t.match(await machine.run('sh', ['-c', 'kill -9 $$'], { timeout }), { code: 137 })
})

t.test('a program that is not there is ENOENT', async t => {
  await t.rejects(machine.run('no-such-program', [], { timeout }), { code: 'ENOENT' })
})

t.test(
  'where no file may be opened any more, that is said, and a program runs as soon as one may',
  async t => {
    const script = `
    import { closeSync, openSync } from 'node:fs'
    import { machine } from '${new URL('../../lib/host/machine.js', import.meta.url).href}'
    const held = []
    try { for (;;) held.push(openSync('/dev/null')) } catch {}
    const refused = machine.run('true', [], { timeout: 1000 }).catch(({ code, message }) => message + ' ' + code)
    const said = await refused
    held.forEach(each => closeSync(each))
    console.log(said, (await machine.run('echo', ['well'], { timeout: 1000 })).stdout)`
    const limited = ['--nofile=100:100', process.execPath, '--input-type=module', '-e', script]
    t.strictSame(await machine.run('prlimit', limited, { timeout }), {
      code: 0,
      stdout: 'too few files may be open here: raise the limit (ulimit -n, LimitNOFILE=) EMFILE well\n\n',
      stderr: '',
    })
  },
)

t.test('a program that takes too long is killed, and is ETIMEDOUT', async t => {
  const run = machine.run('sh', ['-c', 'exec sleep 60'], { timeout: milliseconds(50) })
  await t.rejects(run, { code: 'ETIMEDOUT', message: 'sh did not end within 50 ms' })
})

t.test('a file is written with its folders, read back and removed', async t => {
  const path = join(t.testdir(), 'a/b/c')
  t.equal(await machine.readFile(path), undefined)
  await machine.writeFile(path, 'one')
  await machine.writeFile(path, 'two')
  t.equal(await machine.readFile(path), 'two')
  await machine.removeFile(path)
  await machine.removeFile(path)
  t.equal(await machine.readFile(path), undefined)
})

t.test('a file is written at once, whole, with its folder, or not at all', async t => {
  const folder = t.testdir({ taken: { inside: '' } })
  machine.writeFileNow(join(folder, 'made/state'), 'one')
  machine.writeFileNow(join(folder, 'made/state'), 'two')
  t.equal(await machine.readFile(join(folder, 'made/state')), 'two')
  t.throws(() => machine.writeFileNow(join(folder, 'taken'), 'text'), { code: 'EISDIR' })
  t.strictSame(readdirSync(folder), ['made', 'taken'])
  t.strictSame(readdirSync(join(folder, 'made')), ['state'])
})

t.test('writers at one time leave one whole text and nothing else', async t => {
  const folder = t.testdir()
  const texts = Array.from({ length: 8 }, (_, number) => String(number).repeat(100_000))
  await Promise.all(texts.map(text => machine.writeFile(join(folder, 'state'), text)))
  t.ok(texts.includes((await machine.readFile(join(folder, 'state'))) ?? ''))
  t.strictSame(readdirSync(folder), ['state'])
})

t.test('what another process left that was killed while it wrote is removed', async t => {
  const gone = spawnSync('true').pid
  const others = [`other.${gone}.1`, `state.${process.ppid}.1`, 'state.damaged']
  const left = [`state.${gone}.1`, `state.${gone}.12`, `state.${process.pid}.999999`]
  const folder = t.testdir(Object.fromEntries([...others, ...left].map(name => [name, 'half'])))
  await machine.writeFile(join(folder, 'state'), 'whole')
  t.strictSame(readdirSync(folder).sort(), ['state', ...others].sort())
})

t.test('a file that cannot be written leaves nothing behind', async t => {
  const folder = t.testdir({ taken: { inside: '' } })
  await t.rejects(machine.writeFile(join(folder, 'taken'), 'text'), { code: 'EISDIR' })
  t.strictSame(readdirSync(folder), ['taken'])
})

t.test('a file that is there but cannot be read is an error', async t => {
  await t.rejects(machine.readFile(t.testdir()), { code: 'EISDIR' })
})

t.test('where no folder can be made, that is said, and does not take for ever', async t => {
  await t.rejects(machine.writeFile('/proc/nowhere/at/all', 'text'), { code: 'ENOENT' })
  await t.rejects(machine.writeFile(join(t.testdir({ file: '' }), 'file/below/it'), 'text'), {
    code: 'ENOTDIR',
  })
})
