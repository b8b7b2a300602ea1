import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { holdInstanceLock, type LockFile, runningInstance } from '../../lib/control/instance-lock.js'
import { machine } from '../../lib/host/machine.js'
import { placeSocket, prepareSocket } from '../../lib/host/socket-file.js'

/** In a folder of a short name: a socket's may have but a hundred characters. */
const lockIn = (t: Test): LockFile => {
  const folder = mkdtempSync(`${tmpdir()}/lock-`)
  t.teardown(() => rmSync(folder, { recursive: true }))
  return {
    path: `${folder}/lock.sock`,
    files: { prepareSocket, placeSocket },
    remove: path => machine.removeFile(path),
  }
}

/** Leaves its socket behind, as a killed process does. */
const leaveStale = async ({ path, files }: LockFile): Promise<void> => {
  await files.prepareSocket(`${path}.stale`)
  const server = createServer().listen(`${path}.stale`)
  await once(server, 'listening')
  await files.placeSocket(`${path}.stale`, path)
  server.close()
  await once(server, 'close')
}

t.test('where locks are files a second instance is refused, and who runs can be asked', async t => {
  const file = lockIn(t)
  t.equal(await runningInstance(file), undefined)
  const lock = await holdInstanceLock(4711, { file })
  t.equal(statSync(file.path).mode & 0o777, 0o600)
  t.equal(await runningInstance(file), '4711')
  await t.rejects(holdInstanceLock(4712, { file }), {
    code: 'another-instance',
    message: 'kube-portal already runs here (process 4711)',
  })
  await lock.close()
  t.equal(existsSync(file.path), false)
  await lock.close()
})

t.test('the lock of a killed process is nobody’s', async t => {
  const file = lockIn(t)
  await leaveStale(file)
  t.equal(existsSync(file.path), true)
  t.equal(await runningInstance(file), undefined)
  const lock = await holdInstanceLock(4711, { file })
  t.equal(await runningInstance(file), '4711')
  await lock.close()
})

t.test('of many that come at once after a crash, one gets the lock', async t => {
  const file = lockIn(t)
  await leaveStale(file)
  const pids = Array.from({ length: 8 }, (_, index) => index + 1)
  const outcomes = await Promise.allSettled(pids.map(pid => holdInstanceLock(pid, { file })))
  const held = outcomes.flatMap(each => (each.status === 'fulfilled' ? [each.value] : []))
  t.equal(held.length, 1)
  t.match(await runningInstance(file), /^[1-8]$/)
  await held[0]?.close()
  t.equal(existsSync(file.path), false)
})

t.test('of two that find no lock, the one that was quicker gives way to the slower one', async t => {
  const file = lockIn(t)
  const slow: LockFile = {
    ...file,
    files: {
      prepareSocket,
      // Its disk is slow, but not as slow as all that.
      placeSocket: async (temporary, path) => {
        await after(50)
        return placeSocket(temporary, path)
      },
    },
  }
  const slower = holdInstanceLock(1, { file: slow })
  await t.rejects(holdInstanceLock(2, { file }), { message: 'kube-portal already runs here (process 1)' })
  const lock = await slower
  await lock.close()
})

t.test('whoever comes while the holder is leaving waits for the lock, and gets it', async t => {
  const file = lockIn(t)
  const leaving = await holdInstanceLock(1, { file, stay: 'leaving' })
  const next = holdInstanceLock(2, { file })
  await leaving.close()
  const lock = await next
  t.equal(await runningInstance(file), '2')
  await lock.close()
})

t.test('a lock that another process holds, too, is not given back with the first', async t => {
  const file = lockIn(t)
  const first = await holdInstanceLock(1, { file })
  await first.leave()
  await first.close()
  t.equal(existsSync(file.path), true, 'it is that of the other process')
})

t.test('where others may write, there is no lock, and that is said', async t => {
  const file = lockIn(t)
  chmodSync(dirname(file.path), 0o777)
  await t.rejects(holdInstanceLock(1, { file }), { code: 'failed', message: /other users may write/ })
})
