import { isAnswered } from '../control/client.js'
import type { SocketFiles } from '../control/socket-files.js'
import { placeSocket, prepareSocket } from '../host/socket-file.js'
import { type CaptureChoice, mayChangeMachine } from './options/node.js'

/**
 * What puts the socket at `path`. There may be several instances that capture nothing, and one that does beside them, which is the
 * one that people ask for: so those leave the place to whoever answers there.
 */
export const controlFiles = (path: string, capture: CaptureChoice): SocketFiles => ({
  placeSocket,
  prepareSocket: async temporary => {
    if (!mayChangeMachine(capture) && (await isAnswered(path)))
      throw new Error('another kube-portal answers there')
    await prepareSocket(temporary)
  },
})
