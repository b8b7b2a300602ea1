#!/usr/bin/env node
import { tuneGarbageCollector } from '../lib/cli/garbage.js'

tuneGarbageCollector()
const { main } = await import('../lib/cli/main.js')
process.exitCode = await main(process.argv)
