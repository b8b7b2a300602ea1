import { removeLeftovers } from '../capture/leftovers.js'
import type { Host } from '../host/host.js'
import { errorText } from '../model/error-text.js'
import type { Report } from '../model/event.js'
import type { IpAddress } from '../model/ip-address.js'
import type { Log } from '../observe/log.js'
import type { OurTable } from '../routing/our-routes.js'
import type { CaptureMode } from './capture-mode.js'

export interface TidyingParts {
  readonly host: Host
  readonly mode: CaptureMode
  /** This machine's. */
  readonly addresses: () => readonly IpAddress[]
  /** Whether routes to the cluster's nodes are this run's own. */
  readonly nodeRoutes: () => boolean
  readonly log: Log
  readonly report: Report
}

/** Takes out, once, what runs of former days left that captured in another way. */
export class Tidying {
  readonly #parts: TidyingParts
  #done: Promise<void> | undefined

  constructor(parts: TidyingParts) {
    this.#parts = parts
  }

  /** Begins, unless it has begun: to be called when the present way of capturing is in force. What fails is said. */
  begin(): void {
    this.#done ??= this.#tidy()
  }

  /** Resolves when nothing is under way. */
  async close(): Promise<void> {
    await this.#done
  }

  async #tidy(): Promise<void> {
    const { host, mode, addresses, nodeRoutes, log, report } = this.#parts
    if (!mode.by) return
    const routes: readonly OurTable[] = [
      ...(mode.isRouted?.() ? ['local' as const] : []),
      ...(nodeRoutes() ? ['main' as const] : []),
    ]
    try {
      const removed = await removeLeftovers({ host, addresses, now: mode.by, routes, report })
      for (const line of removed) log.info(`removed what an earlier run had left: ${line}`)
    } catch (error) {
      log.warn(
        `cannot remove what an earlier run may have left: ${errorText(error)}; try kube-portal cleanup`,
      )
    }
  }
}
