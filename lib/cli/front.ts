import type { PortView } from '../proxy/port-view.js'
import type { Log } from '../observe/log.js'
import type { ChosenOptions } from './options.js'

/** A log for whoever sits in front of it, who sees what is served, too. */
export interface Front extends Log {
  /** What is served is what `view` says, from now on, with these options. */
  follow(view: () => readonly PortView[], options: ChosenOptions): void
}
