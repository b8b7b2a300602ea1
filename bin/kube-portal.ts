#!/usr/bin/env node
import { tuneGarbageCollector } from '../lib/cli/garbage.js'

tuneGarbageCollector()
const { main } = await import('../lib/cli/main.js')
const { Terminal } = await import('../lib/cli/terminal.js')
const { endUnread } = await import('../lib/cli/unread.js')
const terminal = new Terminal()
// Node sets a terminal back as it was, and aborts where that is gone (tried with 20.20.2): so we end as one does by default then.
process.once('exit', () => {
  process.removeAllListeners('SIGHUP')
  if (terminal.isGone) process.kill(process.pid, 'SIGHUP')
})
// By itself it would then wait for requests of sockets that may never be done, and turn in a loop for ever (seen with 20.20.2).
process.once('beforeExit', () => process.exit())
process.exitCode = await main(process.argv)
endUnread()
