import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startSurvivor, type Survivor } from '../../lib/host/survivor.js'

// Survivors keep nobody awake.
const awake = setInterval(() => undefined, 1000)
t.teardown(() => clearInterval(awake))

/** A program that writes to `file` what it hears until its standard input ends. */
const listening = (file: string): Promise<Survivor> =>
  startSurvivor(
    [process.execPath, '-e', `process.stdin.pipe(fs.createWriteStream(${JSON.stringify(file)}))`],
    process.env,
  )

const heard = (t: Test): string => join(t.testdir(), 'heard')

t.test('a survivor hears our last word, and may end', async t => {
  const file = heard(t)
  const survivor = await listening(file)
  await survivor.leave('well\n')
  await survivor.ended
  t.equal(readFileSync(file, 'utf8'), 'well\n')
})

t.test('a survivor lives in a session of its own', async t => {
  const survivor = await listening(heard(t))
  // After the name of the program: its state, its parent, its process group, its session.
  const [, , group, session] =
    readFileSync(`/proc/${survivor.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  t.strictSame([Number(group), Number(session)], [survivor.pid, survivor.pid])
  await survivor.leave('')
  await survivor.ended
})

t.test('a survivor that has ended is told nothing, which is no error', async t => {
  const survivor = await listening(heard(t))
  process.kill(survivor.pid, 'SIGKILL')
  await survivor.ended
  await survivor.leave('well\n')
  t.pass('it resolves')
})

t.test('a survivor that cannot be started is an error', async t => {
  await t.rejects(startSurvivor(['/no/such/program'], process.env), { code: 'ENOENT' })
})
