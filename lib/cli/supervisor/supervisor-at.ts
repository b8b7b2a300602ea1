import { machine } from '../../host/machine.js'
import { realClock as clock } from '../real-clock.js'
import { Notices } from './notices.js'
import type { NotifySocket } from './notify-socket.js'
import { Supervisor } from './supervisor.js'

export interface SpeakerOptions {
  /** Whether no process serves before this one. */
  readonly isFirst: boolean
  readonly warn: (text: string) => void
}

/** The supervisor that listens there, told by this machine's programs. */
export const supervisorAt = (socket: NotifySocket, { isFirst, warn }: SpeakerOptions): Supervisor =>
  new Supervisor({
    ...{ socket, host: machine, clock, warn },
    notices: new Notices({
      ...{ isSuccessor: !isFirst, watchdog: socket.watchdog },
      monotonic: () => process.hrtime.bigint() / 1000n,
    }),
  })
