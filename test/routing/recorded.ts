import { readFileSync } from 'node:fs'
import type { Family } from '../../lib/model/ip-address.js'
import { type Route, routesIn } from '../../lib/routing/route.js'

/** The routes of a laptop at home, with Docker, kind, a VPN that takes everything, and a run of ours. */
export const recorded = (family: Family): readonly Route[] =>
  routesIn(readFileSync(`test/routing/recorded/${family.toLowerCase()}.txt`, 'utf8'), family)
