import type { Health } from '../model/health.js'
import type { Family } from '../model/ip-address.js'
import type { Report } from '../model/event.js'
import { port } from '../model/port.js'
import type { Answer, ListenHttp } from '../observe/bounded-server.js'
import { healthAnswer } from '../observe/health-answer.js'
import { HealthPort, type HealthPlace } from '../observe/health-port.js'
import type { HealthOptions } from './options/health.js'
import type { CaptureChoice } from './options/node.js'
import { realClock as clock } from './real-clock.js'

type PlaceOptions = HealthOptions & { readonly capture: CaptureChoice }

export interface HealthPortParts {
  readonly options: PlaceOptions
  readonly families: readonly Family[]
  readonly health: () => Health
  readonly listen: ListenHttp
  /** Called when it has opened. */
  readonly opened: () => void
  readonly report: Report
}

/** Where we are asked how we are; undefined: nowhere. */
export const healthPlaceOf = ({ healthzBindAddress, capture }: PlaceOptions): HealthPlace | undefined => {
  // With `none` no node depends on us, and an instance that captures may be here, too.
  const usual = capture === 'none' ? 'nowhere' : { port: port(10_256) }
  const place = healthzBindAddress ?? usual
  return place === 'nowhere' ? undefined : place
}

/** What answers there. Not open yet. */
export const healthPort = (parts: HealthPortParts): HealthPort | undefined => {
  const { options, families, health, listen, opened, report } = parts
  const place = healthPlaceOf(options)
  const answer = (path: string): Answer => healthAnswer(path, health(), { families, now: new Date() })
  return place && new HealthPort({ place, answer, listen, opened, clock, report })
}
