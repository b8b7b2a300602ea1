import type { ProxyEvent } from '../model/event.js'
import type { ServicePortId } from '../model/service-port.js'
import type { TraceStep, Tracing } from '../model/trace-step.js'
import { type Step, stepOf } from './trace-line.js'

/** Somebody who follows connections. */
export interface Tracer {
  /** Whether a service port is one of those that it follows. */
  readonly isWanted: (servicePort: ServicePortId) => boolean
  /** Takes a step, or leaves it out. Never waits. */
  readonly take: (step: Step) => void
}

/** All who follow connections now. */
export class Tracers implements Tracing {
  readonly #now: () => Date
  readonly #tracers = new Set<Tracer>()

  /** `now` is the wall clock's time, which is only told. */
  constructor(now: () => Date) {
    this.#now = now
  }

  get isOn(): boolean {
    return this.#tracers.size > 0
  }

  get count(): number {
    return this.#tracers.size
  }

  /** Tells `tracer` of all that happens, until what it returns is called. */
  add(tracer: Tracer): () => void {
    this.#tracers.add(tracer)
    return () => void this.#tracers.delete(tracer)
  }

  note(event: ProxyEvent | TraceStep): void {
    if (this.#tracers.size === 0) return
    const step = stepOf(event, this.#now())
    if (!step) return
    for (const { isWanted, take } of this.#tracers) if (isWanted(step.servicePort)) take(step)
  }
}
