import { createHandler } from '../../../lib/sandbox/api/serve/handler.js'
import type { Tokens } from '../../../lib/sandbox/api/serve/authorization.js'
import { type ApiServer, startApiServer } from '../../../lib/sandbox/api/serve/server.js'
import { createCertificates } from '../../../lib/sandbox/api/certificates.js'
import { Store, type StoreOptions } from '../../../lib/sandbox/api/store/store.js'
import { FakeClock } from '../../fake-clock.js'

export const noon = new Date('2026-11-22T12:00:00Z')

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
  readonly clock: FakeClock
  readonly server: ApiServer
}

/** A server on a free port of loopback, over TLS. */
export const startSandbox = async (store = newStore(), tokens?: Tokens): Promise<Sandbox> => {
  const clock = new FakeClock()
  const handler = createHandler({ store, clock, now: () => noon, ...(tokens ? { tokens } : {}) })
  const certificates = await createCertificates(['127.0.0.1'], new Date())
  const server = await startApiServer({ handler, certificates, host: '127.0.0.1', port: 0 })
  return { store, clock, server }
}
