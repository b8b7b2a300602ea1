import { endpointText } from '../model/endpoint.js'
import type { IpAddress } from '../model/ip-address.js'
import type { NodeEvent } from '../model/node-event.js'
import type { Port } from '../model/port.js'
import { type Sentence, sentence } from './sentence.js'

const portText = (port: Port, address: IpAddress | undefined): string =>
  `port ${address === undefined ? port : endpointText({ address, port })}`

/** The first three, and how many more there are: a node may have hundreds. */
const someOf = (names: readonly string[]): string => {
  const more = names.length - 3
  return names.slice(0, 3).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

const asked = {
  health: {
    path: '/healthz',
    paths: '/healthz, /livez and /readyz',
    option: '--healthz-bind-address',
  },
  metrics: {
    path: '/metrics',
    paths: '/metrics, /proxyMode and /configz',
    option: '--metrics-bind-address',
  },
} as const

export const nodeSentence = (event: NodeEvent): Sentence => {
  switch (event.type) {
    case 'health-check-port': {
      const { healthCheck, address, state } = event
      const whose = `${healthCheck.namespace}/${healthCheck.service}`
      return sentence('info', 2, `${whose}: health check ${portText(healthCheck.port, address)}: ${state}`)
    }
    case 'health-check-failed': {
      const { healthCheck, address, reason } = event
      const whose = `${healthCheck.namespace}/${healthCheck.service}`
      const what = `load balancers get no answer at health check ${portText(healthCheck.port, address)}: ${reason}`
      return sentence('error', 0, `${whose}: ${what}; trying again with the next sync`)
    }
    case 'http-port':
      return sentence(
        'info',
        1,
        `${asked[event.purpose].paths} are at ${portText(event.port, event.address)}`,
      )
    case 'http-port-failed': {
      const { path, option } = asked[event.purpose]
      const what = `no answers to ${path} at ${portText(event.port, event.address)}: ${event.reason}`
      const cure = `to have them elsewhere: ${option}`
      return sentence('error', 0, `${what}; all else works, and this is tried again; ${cure}`)
    }
    case 'control-socket':
      return sentence('info', 1, `status, trace and explain ask at ${event.path}`)
    case 'control-failed': {
      const what = `status, trace and explain do not work, all else does: ${event.path}: ${event.reason}`
      return sentence('warn', 0, `${what}; what to do: give another folder with --state-dir`)
    }
    case 'self-test': {
      const which = `portal ${endpointText(event.portal)} of ${event.servicePort}`
      if (event.outcome === 'well') return sentence('info', 1, `self-test: ${which} leads to its listener`)
      const what = `${which} does not lead to its listener: ${event.outcome}: ${event.reason}`
      return sentence('warn', 0, `self-test: ${what}; what to do: ${event.cure}`)
    }
    case 'ready':
      return sentence('info', 1, 'ready: all that the cluster wants is in force')
    case 'node-ports-nowhere': {
      const none = 'this machine has no address that --nodeport-addresses means'
      return sentence('warn', 0, `no ${event.family} node port is served: ${none}`)
    }
    case 'node-route': {
      if (event.state === 'removed')
        return sentence('info', 1, `the route to ${event.range} is gone with its node`)
      const way = `the pods of node ${event.node} (${event.range}) through ${event.via}`
      if (event.state === 'added') return sentence('info', 1, `routing to ${way}`)
      const who = 'whoever tidies interfaces may have done it'
      return sentence('warn', 0, `the route to ${way} was gone, and is back: ${who}`)
    }
    case 'node-unrouted': {
      const what = `the pods of node ${event.node} (${event.range}) are not routed to: ${event.reason}`
      return sentence(
        'warn',
        0,
        `${what}; all else works, and this is tried again; what to do: ${event.cure}`,
      )
    }
    case 'unnumbered-interfaces': {
      const { family, names } = event
      const lost = `${family} packets to portals are lost that come in over ${someOf(names)}`
      const why = `without an ${family} address there is nowhere to redirect them to`
      return sentence('warn', 0, `${lost}: ${why}; what to do: --capture dnat`)
    }
  }
}
