/** How a process leaves its work to the next one. */
export type TakeoverEvent =
  | {
      /** It is being started, and we serve until it does. */
      readonly type: 'successor-started'
      /** Its process; absent: it could not be started. */
      readonly pid?: number
    }
  | {
      /** We go on as before. */
      readonly type: 'successor-failed'
      readonly reason: string
    }
  | {
      /** The successor serves; our connections go on until they end. */
      readonly type: 'handed-over'
      readonly connections: number
    }
  | {
      /** We serve, at the sockets of the process before us. */
      readonly type: 'took-over'
    }
