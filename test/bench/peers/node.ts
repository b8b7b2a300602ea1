import { join } from 'node:path'
import { serverAddress } from '../stage/network.js'
import { startReady } from '../stage/program.js'
import { ports } from '../stage/services.js'
import { type Kind, type Peer, type Place, redirect } from './peer.js'

interface Plain {
  readonly name: string
  readonly file: string
  readonly carries: readonly Kind[]
}

const startPlain = async ({ name, file, carries }: Plain, place: Place): Promise<Peer> => {
  const pairs = carries.flatMap(kind => [String(place.localPorts[kind]), String(ports[kind])])
  const program = await startReady([
    process.execPath,
    join(import.meta.dirname, file),
    serverAddress,
    ...pairs,
  ])
  await redirect(place, carries)
  return { name, address: place.address, carries, program }
}

/** The shortest TCP proxy that can be written in Node. */
export const startPipe = (place: Place): Promise<Peer> =>
  startPlain({ name: 'Node a.pipe(b)', file: 'pipe-proxy.js', carries: ['web', 'bulk'] }, place)

/** The shortest UDP proxy that can be written in Node. */
export const startRelay = (place: Place): Promise<Peer> =>
  startPlain({ name: 'Node dgram relay', file: 'dgram-relay.js', carries: ['echo'] }, place)
