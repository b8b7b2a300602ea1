import { machine } from '../../lib/host/machine.js'
import { succeed } from '../../lib/sandbox/network/command.js'

/** What Docker 28 writes for the network `kind` and the API server that it publishes at `port` of 127.0.0.1. */
const rulesFor = (port: number): string => `*filter
:FORWARD DROP [0:0]
:DOCKER - [0:0]
:DOCKER-FORWARD - [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-FORWARD
-A DOCKER-FORWARD -o br-kind -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A DOCKER-FORWARD -o br-kind -j DOCKER
-A DOCKER-FORWARD -i br-kind -j ACCEPT
-A DOCKER -d 172.18.0.2/32 ! -i br-kind -o br-kind -p tcp -m tcp --dport 6443 -j ACCEPT
-A DOCKER ! -i br-kind -o br-kind -j DROP
COMMIT
*nat
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s 172.18.0.0/16 ! -o br-kind -j MASQUERADE
-A DOCKER -d 127.0.0.1/32 ! -i br-kind -p tcp -m tcp --dport ${port} -j DNAT --to-destination 172.18.0.2:6443
COMMIT
`

/** Writes Docker's rules. Clients on 127.0.0.1 go by its userland proxy all the same, as those rules leave loopback out. */
export const writeDockerRules = (port: number, backend: 'nft' | 'legacy'): Promise<void> =>
  succeed(machine, [`iptables-${backend}-restore`, '--noflush'], rulesFor(port))
