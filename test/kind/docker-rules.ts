import { machine } from '../../lib/host/machine.js'
import { succeed } from '../../lib/sandbox/network/command.js'

interface Network {
  readonly range: string
  readonly loopback: string
  readonly apiServer?: { readonly published: string; readonly accepted: string }
}

/** What Docker 28 writes for the network `kind`, in one family. */
const rulesFor = ({ range, loopback, apiServer }: Network): string => `*filter
:FORWARD DROP [0:0]
:DOCKER - [0:0]
:DOCKER-FORWARD - [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-FORWARD
-A DOCKER-FORWARD -o br-kind -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A DOCKER-FORWARD -o br-kind -j DOCKER
-A DOCKER-FORWARD -i br-kind -j ACCEPT
${apiServer?.accepted ?? ''}
-A DOCKER ! -i br-kind -o br-kind -j DROP
COMMIT
*nat
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT ! -d ${loopback} -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s ${range} ! -o br-kind -j MASQUERADE
${apiServer?.published ?? ''}
COMMIT
`

const ipv4 = (port: number): string =>
  rulesFor({
    ...{ range: '172.18.0.0/16', loopback: '127.0.0.0/8' },
    apiServer: {
      accepted: '-A DOCKER -d 172.18.0.2/32 ! -i br-kind -o br-kind -p tcp -m tcp --dport 6443 -j ACCEPT',
      published: `-A DOCKER -d 127.0.0.1/32 ! -i br-kind -p tcp -m tcp --dport ${port} -j DNAT --to-destination 172.18.0.2:6443`,
    },
  })

const ipv6 = rulesFor({ range: 'fc00:f853:ccd:e793::/64', loopback: '::1/128' })

/**
 * Writes Docker's rules, of an API server that it publishes at `port` of 127.0.0.1. Clients there go by its userland proxy all the
 * same, as those rules leave loopback out.
 */
export const writeDockerRules = async (port: number, backend: 'nft' | 'legacy'): Promise<void> => {
  await succeed(machine, [`iptables-${backend}-restore`, '--noflush'], ipv4(port))
  await succeed(machine, [`ip6tables-${backend}-restore`, '--noflush'], ipv6)
}
