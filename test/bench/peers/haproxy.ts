import { machine } from '../../../lib/host/machine.js'
import { serverAddress } from '../stage/network.js'
import { listeningOn, start } from '../stage/program.js'
import { ports } from '../stage/services.js'
import { type Kind, type Peer, type Place, redirect } from './peer.js'

const carries = ['web', 'bulk'] as const

const listen = ({ localPorts }: Place, kind: Kind): string => `
listen ${kind}
  bind 0.0.0.0:${localPorts[kind]} backlog 4096
  server pod ${serverAddress}:${ports[kind]}`

// One thread, and its buffers as they are by default. maxconn: within the 20,000 descriptors of a small machine.
const config = (place: Place): string => `
global
  nbthread 1
  maxconn 8000
defaults
  mode tcp
  timeout connect 5s
  timeout client 5m
  timeout server 5m
${carries.map(kind => listen(place, kind)).join('\n')}
`

export const startHaproxy = async (place: Place): Promise<Peer> => {
  const file = '/run/bench/haproxy.cfg'
  await machine.writeFile(file, config(place))
  const program = await start(['haproxy', '-db', '-f', file])
  await listeningOn(place.localPorts.web)
  await redirect(place, carries)
  return { name: 'HAProxy', address: place.address, carries, program }
}
