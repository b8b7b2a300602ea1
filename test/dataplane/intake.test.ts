import { Duplex } from 'node:stream'
import t from 'tap'
import { Budget } from '../../lib/dataplane/budget.js'
import { Intake } from '../../lib/dataplane/intake.js'
import type { EndpointStream } from '../../lib/reach/reach.js'

/** A stream that takes nothing until it is told to, and counts what waits. */
class Stuck extends Duplex implements EndpointStream {
  #finish: (() => void)[] = []

  override _read(): void {
    // Nothing comes from it.
  }

  override _write(_bytes: Buffer, _encoding: string, done: () => void): void {
    this.#finish.push(done)
  }

  resetAndDestroy(): unknown {
    return this.destroy()
  }

  /** Takes all that waits. */
  swallow(): void {
    for (const finish of this.#finish.splice(0)) finish()
  }
}

/** Reads as a socket does that has endless bytes, until it is told to stop. */
const readAll = (intake: Intake): void => {
  while (intake.callback(intake.buffer().length));
}

const stage = (budget: Budget): { readonly intake: Intake; readonly from: Stuck; readonly to: Stuck } => {
  const [intake, from, to] = [new Intake(budget), new Stuck(), new Stuck()]
  intake.connect(from, to)
  return { intake, from, to }
}

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

t.test('at most 256 KB wait for a stream that takes nothing', async t => {
  const { intake, from, to } = stage(new Budget(1 << 26))
  for (let round = 0; round < 3; round += 1) {
    readAll(intake)
    t.ok(to.writableLength <= 262_144, `${to.writableLength} bytes wait`)
    const resumed = new Promise(resolve => from.once('resume', resolve))
    from.pause()
    to.swallow()
    await resumed
  }
  readAll(intake)
  t.equal(to.writableLength, 262_144, 'and that much may')
})

t.test('all together have no more than the budget, and 16 KB each beyond it', async t => {
  const budget = new Budget(1 << 20)
  const stages = Array.from({ length: 100 }, () => stage(budget))
  for (let round = 0; round < 3; round += 1) {
    for (const { intake } of stages) readAll(intake)
    const waiting = stages.reduce((sum, { to }) => sum + to.writableLength, 0)
    t.ok(waiting <= (1 << 20) + 100 * 16_384, `${waiting} bytes wait`)
    for (const { to } of stages) to.swallow()
    await turn()
  }
  for (const { intake } of stages) intake.close()
  t.equal(budget.left, 1 << 20)
})

t.test('a stream whose traffic is small again gives its buffer back', async t => {
  const budget = new Budget(1 << 20)
  const { intake, to } = stage(budget)
  readAll(intake)
  to.swallow()
  t.equal(budget.left, (1 << 20) - 262_144)
  intake.callback(100)
  t.equal(budget.left, 1 << 20)
})

t.test('what is read before there is anybody to take it is kept, 16 KB and no more', async t => {
  const intake = new Intake(new Budget(0))
  t.equal(intake.callback(10), true)
  t.equal(intake.callback(16_384), false)
  const [from, to] = [new Stuck(), new Stuck()]
  intake.connect(from, to)
  t.equal(to.writableLength, 16_394)
  t.equal(intake.bytes, 16_394)
})
