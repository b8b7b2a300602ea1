import { machine } from '../../../lib/host/machine.js'
import { serverAddress } from '../stage/network.js'
import { listeningOn, start } from '../stage/program.js'
import { ports } from '../stage/services.js'
import { type Kind, type Peer, type Place, redirect } from './peer.js'

const carries = ['web', 'bulk', 'echo'] as const

// Debian has the module in a file of its own; elsewhere it is built in.
const stream = '/usr/lib/nginx/modules/ngx_stream_module.so'

const server = ({ localPorts }: Place, kind: Kind): string =>
  `server { listen ${localPorts[kind]}${kind === 'echo' ? ' udp' : ' backlog=4096'}; proxy_pass ${serverAddress}:${ports[kind]}; }`

const config = (place: Place, module: string): string => `
${module}
user root;
daemon off;
master_process off;
worker_rlimit_nofile 20000;
pid /run/bench/nginx.pid;
error_log stderr crit;
events { worker_connections 18000; }
stream {
  tcp_nodelay on;
  ${carries.map(kind => server(place, kind)).join('\n  ')}
}
`

export const startNginx = async (place: Place): Promise<Peer> => {
  const file = '/run/bench/nginx.conf'
  const isFile = (await machine.readFile(stream)) !== undefined
  await machine.writeFile(file, config(place, isFile ? `load_module ${stream};` : ''))
  const program = await start(['nginx', '-e', 'stderr', '-p', '/run/bench', '-c', file])
  await listeningOn(place.localPorts.web)
  await redirect(place, carries)
  return { name: 'nginx stream', address: place.address, carries, program }
}
