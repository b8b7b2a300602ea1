// The peer of two servers, in a process of its own: two-ends-at-once.js PORT PORT FILE. Told to begin, it ends its connection to
// the second, resets the one to the first, and writes the file: both wait then for whoever has not looked meanwhile.
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'

const file = process.argv[4] ?? ''
const [first, second] = process.argv.slice(2, 4).map(number => connect(Number(number), '127.0.0.1'))
if (!first || !second) throw new Error('two ports, please')
for (const socket of [first, second]) socket.on('error', () => undefined).resume()
process.stdin.once('data', () => {
  second.end(() => {
    first.resetAndDestroy()
    first.once('close', () => writeFileSync(file, 'done'))
  })
})
await Promise.all([once(first, 'connect'), once(second, 'connect')])
process.stdout.write('ready\n')
