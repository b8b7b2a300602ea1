import { durationText } from '../model/duration.js'
import { type Endpoint, endpointText } from '../model/endpoint.js'
import type { ProxyEvent } from '../model/event.js'
import { numberIn, objectIn, textIn, wordIn } from '../model/json.js'
import type { ServicePortId } from '../model/service-port.js'
import type { TraceStep } from '../model/trace-step.js'
import { type FlowClient, isTraffic, type TrafficEvent } from '../model/traffic-event.js'

/** A step of one connection, or of one UDP client. */
export interface Step {
  readonly kind: 'step'
  /** When, by the wall clock: ISO 8601. */
  readonly at: string
  /** `#7`, or for UDP the client's port: `udp:40312`. */
  readonly id: string
  readonly servicePort: string
  readonly step: string
  readonly text: string
}

/** What those who trace are sent. */
export type TraceLine =
  /** What happens from now on is told. */
  | { readonly kind: 'begun' }
  | Step
  /** So many steps were not sent, as they were not taken in time. */
  | { readonly kind: 'left-out'; readonly count: number }
  /** There will be no more. */
  | { readonly kind: 'ended'; readonly how: 'stopped' | 'handed over' }

/** Reads a line of a trace. Throws TypeError where it is none. */
export const traceLineIn = (value: unknown): TraceLine => {
  const line = objectIn(value)
  const kind = wordIn(line.kind, ['begun', 'step', 'left-out', 'ended'])
  switch (kind) {
    case 'begun':
      return { kind }
    case 'step':
      return {
        kind,
        at: textIn(line.at),
        id: textIn(line.id),
        servicePort: textIn(line.servicePort),
        step: textIn(line.step),
        text: textIn(line.text),
      }
    case 'left-out':
      return { kind, count: numberIn(line.count) }
    case 'ended':
      return { kind, how: wordIn(line.how, ['stopped', 'handed over']) }
  }
}

type Told = readonly [id: string, step: string, text: string]

interface Carried {
  readonly sent: number
  readonly received: number
  readonly duration: Parameters<typeof durationText>[0]
}

const carriedText = ({ sent, received, duration }: Carried): string =>
  `${sent} B sent, ${received} B received, ${durationText(duration)}`

const flowId = ({ clientPort }: FlowClient): string => `udp:${clientPort ?? 0}`

const tries = (attempt: number): string => (attempt === 1 ? '' : `, attempt ${attempt}`)

interface Failed {
  readonly endpoint: Endpoint
  readonly reason: string
  readonly attempt: number
}

/** Most reasons name the endpoint already. */
const failureText = ({ endpoint, reason, attempt }: Failed): string => {
  const who = endpointText(endpoint)
  return `${reason.includes(who) ? reason : `${who}: ${reason}`}${tries(attempt)}`
}

const toldOf = (event: TrafficEvent | TraceStep): Told => {
  switch (event.type) {
    case 'accepted': {
      const { client: address, clientPort: port } = event
      return [`#${event.connection}`, 'accepted', `from ${endpointText({ address, port })}`]
    }
    case 'chosen': {
      const why = event.by === 'affinity' ? 'where it was before' : 'in turn'
      return [
        `#${event.connection}`,
        'chosen',
        `${endpointText(event.endpoint)}, ${why}${tries(event.attempt)}`,
      ]
    }
    case 'dial-failed': {
      return [`#${event.connection}`, 'failed', failureText(event)]
    }
    case 'connected': {
      const text = `${endpointText(event.endpoint)} after ${durationText(event.duration)}${tries(event.attempt)}`
      return [`#${event.connection}`, 'connected', text]
    }
    case 'turned-away':
      return [`#${event.connection}`, 'reset', event.reason]
    case 'disconnected':
      return [`#${event.connection}`, event.how, carriedText(event)]
    case 'flow-began': {
      const text = `${event.client} to ${endpointText(event.endpoint)}${tries(event.attempt)}`
      return [flowId(event), 'began', text]
    }
    case 'flow-failed': {
      return [flowId(event), 'failed', failureText(event)]
    }
    case 'flow-refused':
      return [flowId(event), 'lost', `datagrams of ${event.client}: ${event.reason}`]
    case 'flow-ended':
      return [flowId(event), event.how, carriedText(event)]
  }
}

const isStep = (event: ProxyEvent | TraceStep): event is TrafficEvent | TraceStep =>
  isTraffic(event) || event.type === 'accepted' || event.type === 'chosen'

/** The event, which happened `at`, as a step of a trace; undefined when it is none. */
export const stepOf = (
  event: ProxyEvent | TraceStep,
  at: Date,
): (Step & { readonly servicePort: ServicePortId }) | undefined => {
  if (!isStep(event)) return undefined
  const [id, step, text] = toldOf(event)
  return { kind: 'step', at: at.toISOString(), id, servicePort: event.servicePort, step, text }
}
