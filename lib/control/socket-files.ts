/** What puts unix sockets into folders: see `host/socket-file`. */
export interface SocketFiles {
  readonly prepareSocket: (path: string) => Promise<void>
  readonly placeSocket: (temporary: string, path: string) => Promise<PlacedSocketFile>
}

export interface PlacedSocketFile {
  remove(): Promise<void>
}

/** The socket's name in the folder for state. */
export const controlSocket = 'control.sock'
