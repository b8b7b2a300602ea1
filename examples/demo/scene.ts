import type { Socket } from 'node:net'
import type { Endpoint } from '../../lib/model/endpoint.js'
import type { IpAddress } from '../../lib/model/ip-address.js'
import type { Cluster } from './cluster.js'
import type { Narrator } from './narrator.js'
import type { PortalProcess } from './portal-process.js'
import { ask } from './request.js'

/** What the story is told with. */
export interface Scene {
  readonly narrator: Narrator
  readonly cluster: Cluster
  readonly portal: PortalProcess
  /** Opens a connection from an address of the pods' network. */
  readonly connectFromPod: (from: IpAddress, to: Endpoint) => Promise<Socket>
  /** The lines of `iptables-save` that name `text`. */
  readonly rulesWith: (text: string) => Promise<readonly string[]>
}

/** Who answers, for each of `count` requests, one after the other. */
export const answers = async (connect: () => Promise<Socket>, count: number): Promise<readonly string[]> => {
  const names: string[] = []
  for (let request = 0; request < count; request++) names.push(await ask(await connect()))
  return names
}
