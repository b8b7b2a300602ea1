import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import t, { type Test } from 'tap'
import { hear } from '../../lib/host/lifeline.js'

/** A process that any signal ends. */
const process = (t: Test): ChildProcess => {
  const child = spawn('sleep', ['60'])
  t.teardown(() => child.kill('SIGKILL'))
  return child
}

/** Resolves with the signal that ended it. */
const endOf = async (child: ChildProcess): Promise<NodeJS.Signals | null> => {
  await once(child, 'exit')
  return child.signalCode
}

/** What the first process hears, and how others say on its lifeline that they serve. */
const stage = () => {
  const pipe = new PassThrough()
  return {
    hearing: hear(pipe),
    serves: ({ pid }: ChildProcess) => pipe.write(`serving ${pid}\n`),
    ends: (code: number) => pipe.end(`ending ${code}\n`),
  }
}

t.test('who serves is told what the first process is, and its code is that of the last one', async t => {
  const { hearing, serves, ends } = stage()
  const child = process(t)
  serves(child)
  await new Promise(setImmediate)
  hearing.pass('SIGHUP')
  t.equal(await endOf(child), 'SIGHUP')
  ends(3)
  t.equal(await hearing.ended, 3)
})

t.test('a request to stop that comes before it is known who serves is not lost', async t => {
  const { hearing, serves } = stage()
  const child = process(t)
  hearing.pass('SIGTERM')
  serves(child)
  t.equal(await endOf(child), 'SIGTERM')
})

t.test('nor is one that went to a process that had just handed over', async t => {
  const { hearing, serves } = stage()
  const [former, next] = [process(t), process(t)]
  serves(former)
  await new Promise(setImmediate)
  hearing.pass('SIGINT')
  t.equal(await endOf(former), 'SIGINT')
  serves(next)
  t.equal(await endOf(next), 'SIGINT')
})

t.test('nobody is reloaded once more', async t => {
  const { hearing, serves } = stage()
  const child = process(t)
  hearing.pass('SIGHUP')
  serves(child)
  await new Promise(setImmediate)
  hearing.pass('SIGTERM')
  t.equal(await endOf(child), 'SIGTERM')
})
