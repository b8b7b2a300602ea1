import type { Alarm, Clock } from '../../../lib/model/clock.js'
import { type Milliseconds, milliseconds } from '../../../lib/model/milliseconds.js'
import { createHandler } from '../../../lib/sandbox/api/serve/handler.js'
import type { Tokens } from '../../../lib/sandbox/api/serve/authorization.js'
import { type ApiServer, startApiServer } from '../../../lib/sandbox/api/serve/server.js'
import { createCertificates } from '../../../lib/sandbox/api/certificates.js'
import { Store, type StoreOptions } from '../../../lib/sandbox/api/store/store.js'

export const noon = new Date('2026-11-22T12:00:00Z')

/** A clock that stands until a test moves it. */
export class StandingClock implements Clock {
  #now = 0
  readonly #alarms = new Set<{ readonly at: number; readonly ring: () => void }>()

  now(): Milliseconds {
    return milliseconds(this.#now)
  }

  after(delay: Milliseconds, ring: () => void): Alarm {
    const alarm = { at: this.#now + delay, ring }
    this.#alarms.add(alarm)
    return { cancel: () => this.#alarms.delete(alarm) }
  }

  pass(time: number): void {
    this.#now += time
    for (const alarm of [...this.#alarms].filter(({ at }) => at <= this.#now).sort((a, b) => a.at - b.at)) {
      this.#alarms.delete(alarm)
      alarm.ring()
    }
  }
}

/** Numbers that are the same in every run. */
export const seeded = (): (() => number) => {
  let state = 7
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

export const newStore = (options: Partial<StoreOptions> = {}): Store => {
  const store = new Store({ now: () => noon, random: seeded(), ...options })
  store.create('namespaces', { metadata: { name: 'default' } })
  return store
}

export const service = (name: string, spec: object = {}): { metadata: { name: string }; spec: object } => ({
  metadata: { name },
  spec: { ports: [{ port: 80 }], ...spec },
})

export interface Sandbox {
  readonly store: Store
  readonly clock: StandingClock
  readonly server: ApiServer
}

/** A server on a free port of loopback, over TLS. */
export const startSandbox = async (store = newStore(), tokens?: Tokens): Promise<Sandbox> => {
  const clock = new StandingClock()
  const handler = createHandler({ store, clock, now: () => noon, ...(tokens ? { tokens } : {}) })
  const certificates = await createCertificates(['127.0.0.1'], new Date())
  const server = await startApiServer({ handler, certificates, host: '127.0.0.1', port: 0 })
  return { store, clock, server }
}
