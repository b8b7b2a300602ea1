import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import t from 'tap'
import { needing } from '../namespace.js'
import { program } from './command.js'

/** Nobody listens there. */
const nobody = 'http://127.0.0.1:1'

t.test('closing the terminal stops it, in order', await needing('script', '--version'), async t => {
  const command = `exec '${process.execPath}' '${program}' run --capture none --master ${nobody} 2>&3`
  const terminal = spawn('script', ['--quiet', '--command', command, '/dev/null'], {
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
  })
  const said = terminal.stdio[3]
  if (!(said instanceof Readable)) throw new TypeError('no pipe')
  const lines: string[] = []
  // It ends when nobody is left who could say something.
  for await (const line of createInterface(said)) {
    if (line.includes('cannot list services')) terminal.kill('SIGKILL')
    lines.push(line.replace(/^\S+ /, ''))
  }
  t.match(lines.at(-1), /^info +stopped$/, lines.join('\n'))
})
