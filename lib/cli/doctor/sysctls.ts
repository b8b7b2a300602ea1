import { portRangeText } from '../../model/port-range.js'
import { type Check, unwise, well } from './finding.js'

/** Whether local ports of ended connections are used again at once. */
export const timeWait: Check = async ({ host }) => {
  const what = 'tcp_tw_reuse'
  const value = (await host.readFile('/proc/sys/net/ipv4/tcp_tw_reuse'))?.trim()
  if (value === undefined) return []
  if (value === '1') return [well(what, '1: ports of ended connections are used again')]
  return [
    unwise(
      what,
      `${value}: some 470 new connections a second to one endpoint use all ports up for a minute`,
      'where there are so many: sysctl net.ipv4.tcp_tw_reuse=1',
    ),
  ]
}

/** Whether our local ports are out of the way of those that the kernel gives to clients. */
export const localPortRange: Check = async ({ host, localPorts }) => {
  const what = 'local ports'
  const text = await host.readFile('/proc/sys/net/ipv4/ip_local_port_range')
  const [first, last] = (text ?? '').trim().split(/\s+/).map(Number)
  if (first === undefined || last === undefined) return []
  const ours = portRangeText(localPorts)
  if (last < localPorts.first || first > localPorts.last)
    return [well(what, `${ours}, out of the way of clients' (${first}-${last})`)]
  return [
    unwise(
      what,
      `${ours} overlap with those that the kernel gives to clients (${first}-${last}): after a restart one may be taken`,
      `sysctl net.ipv4.ip_local_port_range="32768 60999", or another --proxy-port-range`,
    ),
  ]
}
