import type { Front } from '../front.js'
import type { ChosenOptions } from '../options.js'
import { realClock as clock } from '../real-clock.js'
import { Screen } from './screen.js'

/** On a terminal that is narrower than this, lines may as well be broken by it. */
const narrowest = 60

/** A first screen, where somebody sits in front of a terminal and did not ask for a log. */
export const frontFor = (options: ChosenOptions): Front | undefined =>
  process.stderr.isTTY && options.v === 0 && options.loggingFormat === 'text'
    ? new Screen({
        ...{ options, stream: process.stderr, clock },
        width: Math.max(narrowest, process.stderr.columns || 80),
      })
    : undefined
