// What namespace.test.ts runs in a namespace: settles there, and tells what it sees.
import { readdirSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { machine } from '../../../lib/host/machine.js'
import { settle } from '../../../lib/sandbox/network/namespace.js'

await settle(machine)
const run = JSON.stringify(readdirSync('/run'))
writeFileSync('/run/xtables.lock', '')
const links = Object.entries(networkInterfaces()).map(([name, all]) => `${name} ${all?.[0]?.address ?? ''}`)
process.stdout.write(`pid ${process.pid}, run: ${run}, links: ${links.join()}\n`)
