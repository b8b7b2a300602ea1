import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { realClock as clock } from '../../lib/cli/real-clock.js'
import { machine } from '../../lib/host/machine.js'
import { Patience } from '../../lib/host/patience.js'
import { milliseconds, seconds } from '../../lib/model/milliseconds.js'
import { FakeClock } from '../fake-clock.js'

const timeout = seconds(30)
const short = milliseconds(100)

/** Says that it begins, and takes a second of processor time. */
const busy = `process.stderr.write('begun'); const cpu = () => process.cpuUsage().user / 1e6; while (cpu() < 1);`

/** The same, in another thread than the first, which waits for it. */
const busyElsewhere = `new (require('node:worker_threads').Worker)(${JSON.stringify(busy)}, { eval: true })`

const isThere = (pid: number): boolean => {
  try {
    // One that has ended, and nobody has asked how, is still listed.
    return !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ')
  } catch {
    return false
  }
}

t.test('a program that waits for something is given up when patience ends', async t => {
  const patience = new Patience(clock)
  const run = patience.with(machine).run('sleep', ['60'], { timeout })
  const began = clock.now()
  patience.lasts(short)
  await t.rejects(run, { code: 'ETIMEDOUT', message: 'sleep did not end in the time that was left' })
  t.ok(clock.now() - began < 5000)
})

for (const [which, script] of Object.entries({ 'its thread': busy, 'one of its threads': busyElsewhere }))
  t.test(`a program is not given up while ${which} is at work`, async t => {
    const patience = new Patience(clock)
    const complaint = (): void => patience.lasts(short)
    const run = patience.with(machine).run(process.execPath, ['-e', script], { timeout, complaint })
    t.match(await run, { code: 0, stderr: 'begun' })
  })

t.test('a program is given up with all that it started', async t => {
  const file = join(t.testdir(), 'child')
  const patience = new Patience(clock)
  const run = patience.with(machine).run('sh', ['-c', `sleep 60 & echo $! > ${file}; wait`], { timeout })
  const child = async (): Promise<number> => {
    for (;;) {
      const pid = Number((await machine.readFile(file)) ?? 0)
      if (pid > 0) return pid
    }
  }
  const pid = await child()
  t.ok(isThere(pid))
  patience.lasts(short)
  await t.rejects(run, { code: 'ETIMEDOUT' })
  // The kernel takes a moment to let go of it.
  while (isThere(pid)) await machine.readFile(file)
})

t.test('without patience nothing is begun, until there is some again', async t => {
  const fake = new FakeClock()
  const patience = new Patience(fake)
  const host = patience.with(machine)
  patience.lasts(milliseconds(10))
  fake.advance(10)
  await t.rejects(host.run('true', [], { timeout }), { code: 'ETIMEDOUT' })
  patience.lasts(milliseconds(10))
  t.match(await host.run('true', [], { timeout }), { code: 0 })
})

t.test('patience that is to last longer does not end before', async t => {
  const fake = new FakeClock()
  const patience = new Patience(fake)
  patience.lasts(milliseconds(10))
  patience.lasts(milliseconds(20))
  fake.advance(15)
  t.match(await patience.with(machine).run('true', [], { timeout }), { code: 0 })
  patience.close()
  t.equal(fake.alarms, 0)
})
