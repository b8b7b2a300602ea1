import { LiveView } from '../control/live-view.js'
import { Tracers } from '../control/tracers.js'
import { endpointText } from '../model/endpoint.js'
import type { ProxyEvent } from '../model/event.js'
import type { Health } from '../model/health.js'
import { describe } from '../observe/describe.js'
import type { Log } from '../observe/log.js'
import { Metrics } from '../observe/metrics/metrics.js'
import { Tally } from '../observe/tally.js'
import type { Front } from './front.js'
import { loopback } from './loopback.js'
import type { ChosenOptions } from './options.js'
import { mayChangeMachine } from './options/node.js'
import { realClock as clock } from './real-clock.js'
import { stderrLog } from './stderr-log.js'
import type { NotifySocket } from './supervisor/notify-socket.js'
import type { Supervisor } from './supervisor/supervisor.js'
import { supervisorAt } from './supervisor/supervisor-at.js'
import { version } from './version.js'

export interface ObserversOptions {
  /** Whether no process serves before this one. */
  readonly isFirst: boolean
  /** Absent: nobody wants to be told how we are. */
  readonly notifySocket?: NotifySocket | undefined
  /** Somebody sits in front of it, and this is what they see. Absent: lines for whoever reads them later. */
  readonly front?: Front | undefined
}

/** All who take note of what happens: the log, who counts, who supervises, and who looks on. */
export class Observers {
  readonly log: Log
  readonly metrics: Metrics
  readonly live = new LiveView({ clock, textOf: event => describe(event).text() })
  readonly tracers = new Tracers(() => new Date())
  readonly #tally: Tally
  readonly #supervisor: Supervisor | undefined
  readonly #saysPlaces: boolean

  constructor(options: ChosenOptions, { isFirst, notifySocket, front }: ObserversOptions) {
    const { capture, metricsServices: services } = options
    this.log = front ?? stderrLog(options, { clock })
    const warn = (text: string): void => {
      this.log.warn(text)
    }
    this.metrics = new Metrics({
      ...{ services, clock, now: () => new Date() },
      build: { version, capture, node_version: process.version },
    })
    this.#tally = new Tally({ clock, warn })
    this.#supervisor = notifySocket && supervisorAt(notifySocket, { isFirst, warn })
    // Then nobody comes who is not told where.
    this.#saysPlaces = !front && !mayChangeMachine(capture)
  }

  note(event: ProxyEvent): void {
    this.log.event(event)
    this.#tally.note(event)
    this.metrics.note(event)
    this.#supervisor?.note(event)
    this.live.note(event)
    this.tracers.note(event)
    if (event.type === 'listening' && this.#saysPlaces)
      this.log.info(
        `${event.servicePort} is at ${endpointText({ address: loopback[event.family], port: event.port })}`,
      )
  }

  /** Looks, from now on, how we are. */
  start(health: () => Health): void {
    this.metrics.start()
    this.#supervisor?.start(health)
  }

  /** Says what is still to be said. Resolves when that is done. */
  async close(): Promise<void> {
    this.#tally.close()
    this.log.close()
    this.metrics.close()
    await this.#supervisor?.close()
  }
}
