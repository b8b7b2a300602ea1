import type { Host } from '../host/host.js'
import type { Report } from '../model/event.js'
import { cureOf } from '../model/failure.js'
import type { IpAddress } from '../model/ip-address.js'
import type { ServicePort } from '../model/service-port.js'
import { Troubles } from '../model/troubles.js'
import { openLink, removeLink, resolvedLink } from './resolved-link.js'

type NamedPort = Pick<ServicePort, 'name' | 'portals'>

const clusterIpOf = ({ portals }: NamedPort): IpAddress | undefined =>
  portals.flatMap(portal => (portal.kind === 'cluster-ip' && portal.port === 53 ? [portal.address] : []))[0]

/** Where the cluster answers DNS: at kube-system/kube-dns, else at whatever Service of kube-system has UDP port 53. */
export const dnsAddress = (servicePorts: readonly NamedPort[]): IpAddress | undefined => {
  const able = servicePorts.filter(
    ({ name, portals }) =>
      name.namespace === 'kube-system' &&
      name.protocol === 'UDP' &&
      clusterIpOf({ name, portals }) !== undefined,
  )
  const chosen = able.find(({ name }) => name.service === 'kube-dns') ?? able[0]
  return chosen && clusterIpOf(chosen)
}

export interface SplitDnsNamesParts {
  readonly host: Pick<Host, 'run' | 'readFile'>
  readonly domain: string
  readonly report: Report
}

/** Has systemd-resolved ask the cluster's DNS for the cluster's names, at its cluster IP, which leads through us. */
export class SplitDnsNames {
  readonly #parts: SplitDnsNamesParts
  readonly #troubles: Troubles
  #server: IpAddress | undefined
  #work: Promise<void> = Promise.resolve()
  #isResting = false

  constructor(parts: SplitDnsNamesParts) {
    this.#parts = parts
    this.#troubles = new Troubles((why, error) => {
      const { cure = 'use --dns hosts' } = cureOf(error)
      const reason = `${why}; what to do: ${cure}`
      parts.report({ type: 'names-failed', path: 'systemd-resolved', reason })
    })
  }

  /** Points it there, if it is not yet. What fails is reported, and tried again next time. */
  update(servicePorts: readonly NamedPort[]): void {
    if (this.#isResting) return
    const server = dnsAddress(servicePorts)
    this.#work = this.#work.then(() => this.#point(server))
  }

  /** Resolves when it is as it should be, or that has failed and been reported. */
  hurry(): Promise<void> {
    return this.#work
  }

  /** Changes nothing any more. Resolves when nothing is under way. May be called twice. */
  async close(): Promise<void> {
    this.#isResting = true
    await this.#work
  }

  /** The same, and has it ask nobody of ours. What fails is reported. */
  async remove(): Promise<void> {
    await this.close()
    await this.#troubles.with(async () => {
      await removeLink(this.#parts.host)
    })
  }

  async #point(server: IpAddress | undefined): Promise<void> {
    if (this.#isResting || (server !== undefined && server === this.#server)) return
    const { host, domain, report } = this.#parts
    await this.#troubles.with(async () => {
      this.#server = undefined
      if (server === undefined) {
        await removeLink(host)
        throw new Error('no Service in kube-system has UDP port 53')
      }
      await openLink(host, { server, domain })
      this.#server = server
      report({ type: 'names-asked', server, domain, link: resolvedLink })
    })
  }
}
