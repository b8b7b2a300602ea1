import { spawn } from 'node:child_process'
import { enclosure } from './run-as.js'

// A program of its own: takes on another user with all their groups, and runs what it is told to run.
// Node's own way, `spawn` with a uid, takes the groups away (tried with 20.20).

const [uid, gid, groups = '', program = '', ...args] = process.argv.slice(2)

process.setgroups?.(groups.split(',').map(Number))
process.setgid?.(Number(gid))
process.setuid?.(Number(uid))

const env = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) =>
    name.startsWith(enclosure) ? [[name.slice(enclosure.length), value]] : [],
  ),
)

spawn(program, args, { stdio: 'inherit', env })
  .on('error', ({ message }) => {
    process.stderr.write(`${message}\n`)
    process.exitCode = 126
  })
  .on('exit', (code, signal) => {
    if (signal) process.kill(process.pid, signal)
    process.exitCode = code ?? 1
  })
