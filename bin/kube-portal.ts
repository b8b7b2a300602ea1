#!/usr/bin/env node
import { tuneGarbageCollector } from '../lib/cli/garbage.js'

tuneGarbageCollector()
const { main } = await import('../lib/cli/main.js')
const { Terminal } = await import('../lib/cli/terminal.js')
const terminal = new Terminal()
process.exitCode = await main(process.argv)
// Node sets a terminal back as it was, and aborts where that is gone (tried with 20.20.2): so this ends us, as it does by default.
if (terminal.isGone) process.kill(process.pid, 'SIGHUP')
