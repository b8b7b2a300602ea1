import { duration } from '../../model/duration.js'
import { errorText } from '../../model/error-text.js'
import { onEndpointGone, proxyProtocol, type Terms } from '../../model/terms.js'
import { field, textFields } from '../raw.js'
import type { ProxiedPort } from './service-ports.js'
import { refused, shown, type Skip, someOf } from './skip.js'

/** What a Service asks of us in particular. */
export interface Annotations {
  /** For its ports of each protocol. */
  readonly terms: Readonly<Record<ProxiedPort['protocol'], Terms>>
  /** What makes no sense, and counts as absent. */
  readonly skips: readonly Skip[]
}

const prefix = 'kube-portal.dev/'

const known: ReadonlySet<string> = new Set([
  'tcp-idle-timeout',
  'udp-timeout',
  'on-endpoint-gone',
  'proxy-protocol',
])

/** Reads the annotations of the Service that events call `what`: those called `kube-portal.dev/NAME`. */
export const readAnnotations = (what: string, object: unknown): Annotations => {
  const written = textFields(field(object, 'metadata', 'annotations'))
  const skips: Skip[] = []
  const read = <Value>(name: string, reader: (text: string) => Value): Value | undefined => {
    const text = written[`${prefix}${name}`]
    try {
      return text === undefined ? undefined : reader(text)
    } catch (error) {
      skips.push(refused(what, `its annotation ${prefix}${name}: ${shown(errorText(error))}`))
      return undefined
    }
  }
  const tcpIdle = read('tcp-idle-timeout', duration)
  const gone = read('on-endpoint-gone', onEndpointGone)
  const proxy = read('proxy-protocol', proxyProtocol)
  const udpIdle = read('udp-timeout', duration)
  const others = Object.keys(written)
    .filter(name => name.startsWith(prefix) && !known.has(name.slice(prefix.length)))
    .map(name => shown(JSON.stringify(name)))
  if (others.length > 0)
    skips.push(refused(what, `its annotation ${someOf(others)} is none of ${[...known].join(', ')}`))
  return {
    terms: {
      TCP: {
        ...(tcpIdle !== undefined && { idleTimeout: tcpIdle }),
        ...(gone !== undefined && { onEndpointGone: gone }),
        ...(proxy !== undefined && { proxyProtocol: proxy }),
      },
      // kube-proxy's 0s is its default, so here it is ours.
      UDP: udpIdle === undefined || udpIdle === 0 ? {} : { idleTimeout: udpIdle },
    },
    skips,
  }
}
