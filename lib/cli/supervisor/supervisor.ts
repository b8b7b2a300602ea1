import type { Host } from '../../host/host.js'
import type { Alarm, Clock } from '../../model/clock.js'
import { errorCode, errorText } from '../../model/error-text.js'
import type { ProxyEvent } from '../../model/event.js'
import type { Health } from '../../model/health.js'
import { seconds } from '../../model/milliseconds.js'
import type { Notice, Notices } from './notices.js'
import type { NotifySocket } from './notify-socket.js'

export interface SupervisorParts {
  readonly socket: NotifySocket
  readonly notices: Notices
  readonly host: Pick<Host, 'run'>
  readonly clock: Clock
  readonly warn: (text: string) => void
}

/** It waits until what it said was heard; a supervisor that is busy may take a while. */
const longest = seconds(5)

const missing =
  'systemd is not told how we are: there is no systemd-notify, which comes with systemd; with Type=notify it will wait in vain'

/**
 * Who started us and wants to know how we are. Node has no datagram sockets of the unix kind, so a program sends what there is to
 * say, one after the other. What cannot be sent harms nothing, and is warned of once.
 */
export class Supervisor {
  readonly #parts: SupervisorParts
  #sending: Promise<void> = Promise.resolve()
  #alarm: Alarm | undefined
  #isDeaf = false
  #reason: string | undefined

  constructor(parts: SupervisorParts) {
    this.#parts = parts
  }

  /** Tells of an event, where that is of concern. */
  note(event: ProxyEvent): void {
    this.#tell(this.#parts.notices.of(event))
  }

  /** Tells from now on, again and again, how we are. */
  start(health: () => Health): void {
    const { notices, clock } = this.#parts
    this.#tell(notices.beat(health()))
    this.#alarm = clock.after(notices.period, () => this.start(health))
  }

  /** Resolves when all is told. May be called twice. */
  async close(): Promise<void> {
    this.#alarm?.cancel()
    await this.#sending
  }

  #tell(notice: Notice): void {
    if (notice.length > 0) this.#sending = this.#sending.then(() => this.#send(notice))
  }

  async #send(notice: Notice): Promise<void> {
    if (this.#isDeaf) return
    const { host, socket } = this.#parts
    try {
      const { code, stderr } = await host.run('systemd-notify', notice, {
        ...{ timeout: longest, variables: socket.variables },
      })
      this.#say(code === 0 ? undefined : stderr.trim() || `it ended with code ${code}`)
    } catch (error) {
      this.#isDeaf = errorCode(error) === 'ENOENT'
      this.#say(this.#isDeaf ? missing : errorText(error))
    }
  }

  #say(reason: string | undefined): void {
    if (reason === this.#reason) return
    this.#reason = reason
    if (reason === undefined) return
    this.#parts.warn(
      this.#isDeaf ? reason : `systemd cannot be told how we are, by systemd-notify: ${reason}`,
    )
  }
}
