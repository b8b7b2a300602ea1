import t from 'tap'
import { milliseconds, seconds } from '../../lib/model/milliseconds.js'
import { RateLimiter } from '../../lib/proxy/rate-limiter.js'
import { FakeClock, settled } from '../fake-clock.js'

interface Trial {
  readonly clock: FakeClock
  readonly limiter: RateLimiter
  /** When each run began. */
  readonly runs: number[]
  /** When each retry was announced for. */
  readonly retries: number[]
}

const trial = (work: () => Promise<boolean> = () => Promise.resolve(true), minPeriod = 1000): Trial => {
  const clock = new FakeClock()
  const runs: number[] = []
  const retries: number[] = []
  const limiter = new RateLimiter({
    work: () => {
      runs.push(clock.now())
      return work()
    },
    failed: (_, retryIn) => retries.push(retryIn),
    period: seconds(30),
    minPeriod: milliseconds(minPeriod),
    clock,
  })
  return { clock, limiter, runs, retries }
}

t.test('nothing runs before it is asked for', async t => {
  const { clock, runs } = trial()
  await clock.pass(100_000)
  t.strictSame(runs, [])
})

t.test('many requests at once make one run', async t => {
  const { clock, limiter, runs } = trial()
  for (let request = 0; request < 100; request++) limiter.request()
  await clock.pass(10)
  t.strictSame(runs, [0])
})

t.test('requests without a pause do not put a run off', async t => {
  const clock = new FakeClock()
  let runs = 0
  const limiter = new RateLimiter({
    work: () => Promise.resolve((runs += 1) > 0),
    failed: () => undefined,
    ...{ period: seconds(30), minPeriod: seconds(1) },
    // A real timer takes a millisecond at the least.
    clock: {
      now: () => clock.now(),
      after: (delay, ring) => clock.after(milliseconds(Math.max(1, delay)), ring),
    },
  })
  for (let request = 0; request < 40; request++) {
    limiter.request()
    await clock.pass(0.5)
  }
  t.ok(runs > 0)
})

t.test('two runs may follow at once, the third waits its turn', async t => {
  const { clock, limiter, runs } = trial()
  for (let request = 0; request < 39; request++) {
    limiter.request()
    await clock.pass(100)
  }
  t.strictSame(runs.map(Math.round), [0, 100, 1000, 2000, 3000])
})

t.test('without a least period every request runs', async t => {
  const { clock, limiter, runs } = trial(undefined, 0)
  for (let request = 0; request < 5; request++) {
    limiter.request()
    await clock.pass(1)
  }
  t.strictSame(runs, [0, 1, 2, 3, 4])
})

t.test('once asked for, it runs again every period', async t => {
  const { clock, limiter, runs } = trial()
  limiter.request()
  await clock.pass(65_000)
  t.strictSame(runs, [0, 30_000, 60_000])
})

t.test('a request during a run makes one more run after it, never two at a time', async t => {
  let finish: (done: boolean) => void = () => undefined
  const { clock, limiter, runs } = trial(() => new Promise(resolve => (finish = resolve)))
  limiter.request()
  await clock.pass(10)
  limiter.request()
  limiter.request()
  await clock.pass(5000)
  t.strictSame(runs, [0])
  finish(true)
  await clock.pass(10)
  t.strictSame(runs, [0, 5010])
})

t.test('work that fails is tried again after 1 s, 2 s, 4 s … and at last every 10 s', async t => {
  const { clock, limiter, runs, retries } = trial(() => Promise.reject(new Error('no')))
  limiter.request()
  await clock.pass(100_000)
  t.strictSame(retries.slice(0, 7), [1000, 2000, 4000, 8000, 10_000, 10_000, 10_000])
  t.strictSame(runs.slice(0, 4), [0, 1000, 3000, 7000])
})

t.test('requests do not hurry work that fails', async t => {
  const { clock, limiter, runs } = trial(() => Promise.reject(new Error('no')))
  limiter.request()
  await clock.pass(1)
  for (let request = 0; request < 50; request++) limiter.request()
  await clock.pass(900)
  t.strictSame(runs, [0])
})

t.test('work that is half done is tried again like work that fails, and requests run at once', async t => {
  const outcomes = [false, false, false, true, true]
  const { clock, limiter, runs, retries } = trial(() => Promise.resolve(outcomes.shift() ?? true))
  limiter.request()
  await clock.pass(2000)
  t.strictSame(runs, [0, 1000])
  limiter.request()
  await clock.pass(20_000)
  t.strictSame(runs, [0, 1000, 2000, 6000])
  t.strictSame(retries, [])
})

t.test('stopping waits for the run under way and starts no other', async t => {
  let finish: (done: boolean) => void = () => undefined
  const { clock, limiter, runs } = trial(() => new Promise(resolve => (finish = resolve)))
  limiter.request()
  await clock.pass(10)
  limiter.request()
  let stopped = false
  const stopping = limiter.stop().then(() => (stopped = true))
  await settled()
  t.equal(stopped, false)
  finish(true)
  await stopping
  await clock.pass(100_000)
  t.strictSame(runs, [0])
})

t.test('after a stop it can go on, and soon runs', async t => {
  const { clock, limiter, runs } = trial()
  limiter.request()
  await clock.pass(1)
  await limiter.stop()
  await clock.pass(100_000)
  limiter.goOn()
  await clock.pass(1)
  t.equal(runs.length, 2)
})
