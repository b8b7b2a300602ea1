import type { Report } from '../model/event.js'
import type { Health } from '../model/health.js'
import type { Family } from '../model/ip-address.js'
import type { Answer, ListenHttp } from '../observe/bounded-server.js'
import { healthAnswer } from '../observe/health-answer.js'
import { HttpPort } from '../observe/http-port.js'
import { HttpPorts } from '../observe/http-ports.js'
import { metricsAnswer } from '../observe/metrics-answer.js'
import type { Metrics } from '../observe/metrics/metrics.js'
import type { Readings } from '../observe/metrics/readings.js'
import { effectiveConfiguration } from './configuration/effective.js'
import { httpPlaces } from './http-places.js'
import type { ChosenOptions } from './options.js'
import { realClock as clock } from './real-clock.js'

export interface HttpPortsParts {
  readonly options: ChosenOptions
  readonly families: readonly Family[]
  readonly health: () => Health
  readonly metrics: Metrics
  readonly readings: () => Promise<Readings>
  readonly listen: ListenHttp
  /** Called when one has opened. */
  readonly opened: () => void
  readonly report: Report
}

/** What answers who asks how we are, and what we have done, where that is wanted. Not open yet. */
export const httpPorts = (parts: HttpPortsParts): HttpPorts => {
  const { options, families, metrics, listen, opened, report } = parts
  const places = httpPlaces(options)
  const common = { listen, opened, clock, report }
  const health = (path: string): Answer => healthAnswer(path, parts.health(), { families, now: new Date() })
  const countedHealth = (path: string): Answer => {
    const answer = health(path)
    if (path === '/healthz' || path === '/livez') metrics.answered(path, answer.status)
    return answer
  }
  const asked = {
    health,
    metrics: async () => metrics.all(await parts.readings()),
    configuration: () => effectiveConfiguration(options),
  }
  return new HttpPorts([
    ...(places.health
      ? [new HttpPort({ ...common, purpose: 'health', place: places.health, answer: countedHealth })]
      : []),
    ...(places.metrics
      ? [
          new HttpPort({
            ...{ ...common, purpose: 'metrics', place: places.metrics },
            answer: (path, accept) => metricsAnswer(path, accept, asked),
          }),
        ]
      : []),
  ])
}
