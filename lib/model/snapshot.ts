import type { ServicePort } from './service-port.js'

/** All service ports and their endpoints at one moment. No two service ports share an id. */
export interface Snapshot {
  readonly servicePorts: readonly ServicePort[]
}
