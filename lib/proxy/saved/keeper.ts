import { isDeepStrictEqual } from 'node:util'
import type { Alarm, Clock } from '../../model/clock.js'
import { errorCode, errorText } from '../../model/error-text.js'
import type { Report } from '../../model/event.js'
import { milliseconds, seconds } from '../../model/milliseconds.js'
import type { Snapshot } from '../../model/snapshot.js'
import type { LocalPorts } from '../local-ports.js'
import type { StateFolder } from './state-folder.js'

export interface KeeperParts {
  readonly folder: StateFolder
  readonly localPorts: LocalPorts
  readonly clock: Clock
  readonly report: Report
}

/** A snapshot is written this often at most: that of 10,000 Services keeps us busy for a tenth of a second, in turns. */
const period = seconds(5)

/** Whether they say the same, where there may be thousands of service ports that did not change. */
const sameSnapshot = (one: Snapshot, other: Snapshot): boolean =>
  one.servicePorts.length === other.servicePorts.length &&
  one.servicePorts.every((servicePort, index) => servicePort === other.servicePorts[index]) &&
  isDeepStrictEqual([one.healthChecks, one.nodeAddresses], [other.healthChecks, other.nodeAddresses])

/** Writes down what the next run needs. Where that cannot be, it says so, once for as long as the reason stays. */
export class Keeper {
  readonly #parts: KeeperParts
  /** The version of the local ports that their file has. */
  #version: number | undefined
  /** The snapshot that its file has. */
  #written: Snapshot | undefined
  #latest: Snapshot | undefined
  #notBefore = milliseconds(0)
  #alarm: Alarm | undefined
  #writing: Promise<void> | undefined
  #closed = false
  /** What cannot be written, and the code of the reason. */
  readonly #complaints = new Map<keyof StateFolder, string>()

  constructor(parts: KeeperParts) {
    this.#parts = parts
  }

  /** Writes down the local ports, if they changed. To be waited for before rules name them: a crash must not make strays of them. */
  async keepPorts(): Promise<void> {
    const { folder, localPorts } = this.#parts
    const { version } = localPorts
    if (version === this.#version) return
    await this.#try('localPorts', async () => {
      await folder.localPorts.write(localPorts.entries())
      this.#version = version
    })
  }

  /** Writes down, soon, what is served: what is in force by now. */
  keepSnapshot(snapshot: Snapshot): void {
    const { clock } = this.#parts
    this.#latest = snapshot
    if (this.#closed || this.#alarm || this.#writing) return
    if (this.#written && sameSnapshot(this.#written, snapshot)) return
    const delay = milliseconds(Math.max(0, this.#notBefore - clock.now()))
    this.#alarm = clock.after(delay, () => {
      this.#alarm = undefined
      this.#writing = this.#write(snapshot)
    })
  }

  /** Writes no more. Resolves when nothing is being written. */
  async close(): Promise<void> {
    this.#closed = true
    await this.rest()
  }

  /** Writes nothing until it is asked to again. Resolves when nothing is being written. */
  async rest(): Promise<void> {
    this.#latest = undefined
    this.#alarm?.cancel()
    this.#alarm = undefined
    await this.#writing
  }

  /** Takes the snapshot away: nothing of what it says is in force any more. Local ports stay, for the next run. */
  async forget(): Promise<void> {
    await this.close()
    await this.#try('snapshot', async () => {
      await this.#parts.folder.snapshot.remove()
    })
  }

  async #write(fallback: Snapshot): Promise<void> {
    const { folder, clock, report } = this.#parts
    const snapshot = this.#latest ?? fallback
    await this.#try('snapshot', async () => {
      const began = clock.now()
      await folder.snapshot.write(snapshot)
      this.#written = snapshot
      const duration = milliseconds(clock.now() - began)
      report({ type: 'snapshot-saved', servicePorts: snapshot.servicePorts.length, duration })
    })
    this.#notBefore = milliseconds(clock.now() + period)
    this.#writing = undefined
    if (this.#latest && this.#latest !== snapshot) this.keepSnapshot(this.#latest)
  }

  async #try(file: keyof StateFolder, work: () => Promise<void>): Promise<void> {
    const { folder, report } = this.#parts
    try {
      await work()
      if (this.#complaints.delete(file) && this.#complaints.size === 0) report({ type: 'state-saved-again' })
    } catch (error) {
      const reason = errorText(error)
      const code = errorCode(error) ?? reason
      const said = [...this.#complaints.values()].includes(code)
      this.#complaints.set(file, code)
      if (!said) report({ type: 'state-not-saved', path: folder[file].path, reason })
    }
  }
}
