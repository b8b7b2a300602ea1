import type { Test } from 'tap'
import { realClock } from '../../lib/cli/real-clock.js'
import { Probes } from '../../lib/dataplane/probes.js'
import type { Endpoint } from '../../lib/model/endpoint.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import type { NodeEvent } from '../../lib/model/node-event.js'
import { port } from '../../lib/model/port.js'
import { type Protocol, type ServicePort, servicePortId } from '../../lib/model/service-port.js'
import { SelfTest } from '../../lib/proxy/self-test.js'
import { echo, Proxy } from '../dataplane/stage.js'

type SelfTested = Extract<NodeEvent, { type: 'self-test' }>

/** Nobody dials it. */
export const somebody: Endpoint = { address: ipAddress('10.244.0.9'), port: port(8080) }

/** A service port as the stage serves it, or another one. */
export const served = (
  portal: Endpoint,
  { service = 'cart', protocol = 'TCP' }: { readonly service?: string; readonly protocol?: Protocol } = {},
): ServicePort => {
  const name = { namespace: 'shop', service, port: '', protocol }
  return {
    id: servicePortId(name),
    name,
    family: portal.address.includes(':') ? 'IPv6' : 'IPv4',
    policy: 'Cluster',
    portals: [{ kind: 'cluster-ip', ...portal }],
    endpoints: [somebody],
    othersServe: false,
    affinity: { kind: 'none' },
    terms: {},
  }
}

/** A listener on loopback for `shop/cart`, with an endpoint, and what the self-test says of portals. */
export class Stage {
  readonly selfTest: SelfTest
  readonly proxy: Proxy
  readonly #reported: SelfTested[] = []

  private constructor(proxy: Proxy, probes: Probes) {
    this.proxy = proxy
    const report = (event: ProxyEvent): void => {
      if (event.type === 'self-test') this.#reported.push(event)
    }
    this.selfTest = new SelfTest({ probes, clock: realClock, report })
  }

  static async start(t: Test): Promise<Stage> {
    const probes = new Probes()
    const stage = new Stage(await Proxy.start(t, { endpoints: [await echo(t)], probes }), probes)
    t.teardown(() => stage.selfTest.close())
    return stage
  }

  /** Where the listener is. */
  get listener(): Endpoint {
    return { address: ipAddress('127.0.0.1'), port: this.proxy.listener.port }
  }

  /** What is reported when these are tried. */
  async try(...servicePorts: readonly ServicePort[]): Promise<readonly SelfTested[]> {
    await this.selfTest.look(servicePorts)
    return this.#reported.splice(0)
  }
}
