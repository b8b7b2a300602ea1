import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { setTimeout as after } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { askMetrics, numberIn } from '../monitoring/scrape.js'
import { inNamespace } from '../namespace.js'

const program = fileURLToPath(new URL('../../bin/kube-portal.js', import.meta.url))

/** Nobody is there: so it says again and again that it cannot reach an API server, and lives. */
const args = [
  '--master',
  'http://127.0.0.1:1',
  '--metrics-bind-address',
  '127.0.0.1:10249',
  '--capture',
  'none',
]

/** Starts it, after `before` has been done to its standard error. */
const start = (
  t: Test,
  before: string,
): ChildProcess & { readonly stderr: NonNullable<ChildProcess['stderr']> } => {
  const command = `${before}; exec "$0" "$@"`
  const child = spawn('sh', ['-c', command, process.execPath, program, 'run', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, KUBECONFIG: '', HOME: '/nowhere' },
  })
  t.teardown(() => child.kill('SIGKILL'))
  return child
}

/** Resolves when it has reported twice that it cannot reach the API server. */
const troubled = async (): Promise<void> => {
  for (;;) {
    const scraped = await askMetrics().catch(() => undefined)
    const troubles = numberIn(scraped?.body ?? '', 'kube_portal_api_troubles_total{resource="services"}')
    if ((troubles ?? 0) >= 2) return
    await after(50)
  }
}

/** Its exit code. */
const stopped = async (child: ChildProcess): Promise<number | null> => {
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
  return child.exitCode
}

await inNamespace(import.meta.url, () => {
  t.test('under systemd its lines tell the journal how grave they are', async t => {
    const child = start(t, 'export JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2)')
    const lines: string[] = []
    for await (const line of createInterface(child.stderr)) {
      lines.push(line)
      if (line.startsWith('<4>')) break
    }
    t.match(lines[0], /^<6>API server http:\/\/127\.0\.0\.1:1/)
    t.match(lines.at(-1), /^<4>.*127\.0\.0\.1:1/)
    child.stderr.resume()
    t.equal(await stopped(child), 0)
  })

  t.test('and so do its last words; where standard error leads elsewhere, it speaks to people', async t => {
    const said = async (before: string): Promise<string> => {
      const command = `${before}; exec "$0" "$@"`
      const options = ['run', '--capture', 'none', '--kubeconfig', '/nowhere']
      const child = spawn('sh', ['-c', command, process.execPath, program, ...options], {
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      return text(child.stderr)
    }
    const mine = await said('export JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2)')
    t.match(mine, /^<3>kube-portal: .*\/nowhere.*\n<3> {2}what to do: /m)
    t.match(await said('export JOURNAL_STREAM=1:2'), /^kube-portal: .*\/nowhere.*\n {2}what to do: /m)
  })

  t.test('a log that nobody reads any more ends nothing', async t => {
    const child = start(t, 'true')
    await once(child.stderr, 'data')
    child.stderr.destroy()
    await troubled()
    t.equal(await stopped(child), 0)
  })

  t.test('a log whose reader stands still holds nothing up, not even the end', async t => {
    const child = start(t, 'timeout 0.3 cat /dev/zero >&2')
    await troubled()
    t.equal(await stopped(child), 0)
  })
})
