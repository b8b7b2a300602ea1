// Sets a fresh machine up and runs the demo or the tests. Plain JavaScript without packages: it works before `npm ci`.
//   node .ci/setup.mjs demo [--shell]     node .ci/setup.mjs test [tap's arguments]
import { spawn, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { constants as os } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
process.chdir(root)

const say = text => process.stderr.write(`setup: ${text}\n`)

const stopWith = (code, text) => {
  say(text)
  process.exit(code)
}

/** Where `program` is, or undefined. The sbin folders count: an ordinary user's PATH often leaves them out. */
const find = program => {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin']
  return folders
    .map(folder => join(folder, program))
    .find(path => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

/** Runs a command to its end; what it prints is shown only when it fails. */
const run = (program, args, env = {}) => {
  const done = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, ...env } })
  if (done.status === 0) return
  process.stderr.write(`${done.stdout ?? ''}${done.stderr ?? ''}`)
  stopWith(1, `${[program, ...args].join(' ')} failed${done.error ? `: ${done.error.message}` : ''}`)
}

const checkNode = () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19))
    stopWith(5, `Node ${process.versions.node} is too old to build this: it takes Node 20.19 or newer`)
}

// Each program with the Debian package it comes in, and what is lost without it.
const programs = {
  demo: [
    ['iptables', 'iptables', 'no rule can be installed, and the demo cannot run'],
    ['ip', 'iproute2', 'the sandbox has no network, and the demo cannot run'],
    ['unshare', 'util-linux', 'there is no sandbox, and the demo cannot run'],
    ['conntrack', 'conntrack', 'UDP clients that keep sending from one port may go unanswered'],
  ],
  test: [
    ['iptables', 'iptables', 'kernel tests are skipped'],
    ['ip', 'iproute2', 'kernel tests are skipped'],
    ['unshare', 'util-linux', 'kernel tests are skipped'],
    ['conntrack', 'conntrack', 'tests of UDP clients that outlive a change of rules are skipped'],
    ['nft', 'nftables', 'a test of what nft rules do to iptables is skipped'],
    ['haproxy', 'haproxy', 'a test of the PROXY protocol is skipped'],
    ['nginx', 'nginx', 'a test of the PROXY protocol is skipped'],
    ['zsh', 'zsh', 'a test of its completion is skipped'],
    ['fish', 'fish', 'a test of its completion is skipped'],
    ['systemd-notify', 'systemd', 'tests of what a supervisor is told are skipped'],
    ['promtool', 'prometheus', 'tests of metrics, alerts and dashboard with its own tools are skipped'],
    ['curl', 'curl', 'tests of the guide for kind fail'],
    ['sudo', 'sudo', 'tests of a run on a laptop fail'],
    ['kubectl', 'kubernetes-client', 'the tests that drive the sandbox with kubectl are skipped'],
  ],
}

const isDebian = () => {
  try {
    return /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
}

const installPrograms = what => {
  const missing = programs[what].filter(([program]) => find(program) === undefined)
  if (missing.length === 0) return
  const packages = missing.map(([, name]) => name)
  if (process.getuid?.() === 0 && isDebian() && find('apt-get')) {
    say(`installing ${packages.join(', ')} with apt-get, as root on Debian or Ubuntu`)
    const quiet = { DEBIAN_FRONTEND: 'noninteractive' }
    run('apt-get', ['update', '-q'], quiet)
    run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], quiet)
    return
  }
  for (const [program, , loss] of missing) say(`${program} is missing: ${loss}`)
  say(`what to type: sudo apt-get install ${packages.join(' ')}   (or your system's equivalent)`)
}

const installPackages = () => {
  // npm writes this file last, so a half-finished install is not taken for a whole one.
  const marker = 'node_modules/.package-lock.json'
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync('package-lock.json').mtimeMs) return
  say('installing npm packages (npm ci)')
  run('npm', ['ci', '--no-fund', '--no-audit'])
  // A lockfile that was touched later than its packages would otherwise be installed at every start.
  writeFileSync(marker, readFileSync(marker))
}

const build = () => {
  say('building')
  try {
    mkdirSync('dist', { recursive: true })
  } catch ({ code }) {
    stopWith(5, `cannot write to ${root} (${code}): make a copy of it that is yours, and start there`)
  }
  run(process.execPath, ['node_modules/typescript/bin/tsc'])
}

const steps = {
  demo: args => [['the demo', ['dist/examples/demo/demo.js', ...args]]],
  test: args => [
    ['lint', ['node_modules/eslint/bin/eslint.js', '-c', '.eslint.config.mjs', '.']],
    ['format', ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.']],
    ['tests', ['node_modules/tap/dist/esm/run.mjs', ...args]],
  ],
}

/** Runs a step in the foreground; signals reach it, so that it cleans up before we end. */
const step = ([name, args]) =>
  new Promise(resolve => {
    if (name !== 'the demo') say(name)
    const child = spawn(process.execPath, args, { stdio: 'inherit' })
    const pass = signal => child.kill(signal)
    // A terminal's Ctrl-C reaches the child by itself; we only must not end first.
    const wait = () => undefined
    process.on('SIGTERM', pass).on('SIGINT', wait)
    // Whoever started us may be killed without a word (kill -9): then nobody is left to look at this.
    const orphaned = setInterval(() => process.ppid !== starter && child.kill('SIGTERM'), 250)
    child.on('error', error => stopWith(1, `${name}: ${error.message}`))
    child.on('close', (code, signal) => {
      clearInterval(orphaned)
      process.off('SIGTERM', pass).off('SIGINT', wait)
      resolve(code ?? 128 + os.signals[signal])
    })
  })

const starter = process.ppid
const [what = '', ...args] = process.argv.slice(2)
if (!(what in steps)) stopWith(2, 'what? demo or test')
checkNode()
installPrograms(what)
installPackages()
build()
for (const each of steps[what](args)) {
  const code = await step(each)
  if (code !== 0) {
    if (each[0] !== 'the demo') say(`${each[0]} failed`)
    process.exit(code)
  }
}
