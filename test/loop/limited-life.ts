import type { Host } from '../../lib/host/host.js'
import type { Alarm, Clock } from '../../lib/model/clock.js'

const never = new Promise<never>(() => undefined)

/** What a process does to the world, until it ends: from then on nothing that it waited for comes, and no alarm rings. */
export class LimitedLife {
  readonly #alarms = new Set<Alarm>()
  readonly #clock: Clock
  #over = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get isOver(): boolean {
    return this.#over
  }

  readonly clock: Clock = {
    now: () => this.#clock.now(),
    after: (delay, ring) => {
      if (this.#over) return { cancel: () => undefined }
      const alarm = this.#clock.after(delay, () => {
        this.#alarms.delete(alarm)
        ring()
      })
      this.#alarms.add(alarm)
      return {
        cancel: () => {
          this.#alarms.delete(alarm)
          alarm.cancel()
        },
      }
    },
  }

  end(): void {
    this.#over = true
    for (const alarm of this.#alarms) alarm.cancel()
    this.#alarms.clear()
  }

  /** The same function, for as long as the process lives: later nothing comes of it. */
  limitedCall<Args extends readonly unknown[], Result>(
    call: (...args: Args) => Promise<Result>,
  ): (...args: Args) => Promise<Result> {
    return async (...args) => {
      if (this.#over) await never
      try {
        return await call(...args)
      } finally {
        if (this.#over) await never
      }
    }
  }

  limited(host: Host): Host {
    return {
      platform: host.platform,
      run: this.limitedCall((program, args, options) => host.run(program, args, options)),
      readFile: this.limitedCall(path => host.readFile(path)),
      writeFile: this.limitedCall((path, text) => host.writeFile(path, text)),
      writeFileNow: (path, text) => host.writeFileNow(path, text),
      editFile: this.limitedCall((path, edit) => host.editFile(path, edit)),
      canWrite: this.limitedCall(folder => host.canWrite(folder)),
      moveFile: this.limitedCall((from, to) => host.moveFile(from, to)),
      removeFile: this.limitedCall(path => host.removeFile(path)),
    }
  }
}
