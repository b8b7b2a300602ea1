import type { Host } from '../host/host.js'
import type { Alarm, Clock } from '../model/clock.js'
import type { Report } from '../model/event.js'
import { seconds } from '../model/milliseconds.js'
import type { ServicePort } from '../model/service-port.js'
import { Troubles } from '../model/troubles.js'
import { withBlock, withoutBlock } from './hosts-block.js'
import { hostsLines } from './hosts-lines.js'

export const hostsPath = '/etc/hosts'

/** Takes our block out of the hosts file, whichever run left it. Resolves with what was removed, a line each. */
export const removeHosts = async (
  host: Pick<Host, 'editFile'>,
  path = hostsPath,
): Promise<readonly string[]> =>
  (await host.editFile(path, withoutBlock)) ? [`the names of Services in ${path}`] : []

export interface HostsFileParts {
  readonly host: Pick<Host, 'editFile'>
  /** The hosts file; it has to be there. */
  readonly path: string
  /** Under which the cluster has its names. */
  readonly domain: string
  readonly clock: Clock
  readonly report: Report
}

/** A rollout changes no cluster IP, and who makes a Service can wait so long for its name. */
const pace = seconds(1)

/** Keeps the names of Services in the hosts file. */
export class HostsFile {
  readonly #parts: HostsFileParts
  readonly #troubles: Troubles
  #lines: readonly string[] | undefined
  #alarm: Alarm | undefined
  #writing: Promise<void> = Promise.resolve()
  #isResting = false

  constructor(parts: HostsFileParts) {
    this.#parts = parts
    const { path, report } = parts
    this.#troubles = new Troubles(reason => report({ type: 'names-failed', path, reason }))
  }

  /** Has the file say that now, or a second after it was looked at last. Also puts back what somebody took out. */
  update(servicePorts: readonly Pick<ServicePort, 'name' | 'portals'>[]): void {
    if (this.#isResting) return
    const { domain, clock } = this.#parts
    this.#lines = hostsLines(servicePorts, domain)
    if (this.#alarm) return
    this.#writing = this.#writing.then(() => this.#write())
    this.#alarm = clock.after(pace, () => {
      this.#alarm = undefined
      if (this.#lines) this.#writing = this.#writing.then(() => this.#write())
    })
  }

  /** Waits for no second. Resolves when the file says what it should, or that has failed and been reported. */
  hurry(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  /** Writes no more, and leaves the file as it is. Resolves when nothing is under way. May be called twice. */
  async close(): Promise<void> {
    this.#isResting = true
    this.#alarm?.cancel()
    await this.#writing
  }

  /** The same, and takes the names out. What fails is reported. */
  async remove(): Promise<void> {
    await this.close()
    const { host, path } = this.#parts
    await this.#troubles.with(async () => {
      await removeHosts(host, path)
    })
  }

  async #write(): Promise<void> {
    const lines = this.#lines
    this.#lines = undefined
    if (!lines || this.#isResting) return
    const { host, path, report } = this.#parts
    await this.#troubles.with(async () => {
      const changed = await host.editFile(path, text => withBlock(text, lines))
      if (changed) report({ type: 'names-written', path, names: lines.length })
    })
  }
}
