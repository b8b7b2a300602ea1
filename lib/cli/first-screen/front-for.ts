import type { Front } from '../front.js'
import type { ChosenOptions } from '../options.js'
import { realClock as clock } from '../real-clock.js'
import { Screen } from './screen.js'

/** A first screen, where somebody sits in front of a terminal and did not ask for a log. */
export const frontFor = (options: ChosenOptions): Front | undefined =>
  process.stderr.isTTY && options.v === 0 && options.loggingFormat === 'text'
    ? new Screen({ options, stream: process.stderr, clock })
    : undefined
