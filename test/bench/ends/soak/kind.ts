/** Somebody who listens. */
export interface Place {
  readonly host: string
  readonly port: number
}

/** Whether a client got what it should. Rejects when nothing came of it. */
export type Exchange = () => Promise<boolean>

/** Clients that all do the same, each again and again. */
export interface Kind {
  readonly name: string
  readonly clients: number
  /** Gives what one client does. */
  readonly client: () => Exchange
}
