import { durationText } from '../model/duration.js'
import { endpointText } from '../model/endpoint.js'
import type { ProxyOwnEvent } from '../model/event.js'
import { count } from './count.js'
import { repairSentence } from './describe-repair.js'
import { type Sentence, sentence } from './sentence.js'

const cured = ({ cure }: { readonly cure?: string }): string =>
  cure === undefined ? '' : `; what to do: ${cure}`

export const ownSentence = (event: ProxyOwnEvent): Sentence => {
  switch (event.type) {
    case 'listening':
      return sentence('info', 2, `${event.servicePort}: listening on local port ${event.port}`)
    case 'listen-failed':
      return sentence('error', 0, `${event.servicePort}: trouble with its local port: ${event.reason}`)
    case 'portal-failed': {
      const why = `${event.reason}; the rest of the Service works, and this is tried again`
      return sentence('error', 0, `${event.servicePort}: ${event.portal} is not served: ${why}`)
    }
    case 'portal-served':
      return sentence('info', 0, `${event.servicePort}: ${event.portal} is served now`)
    case 'closed':
      return sentence('info', 2, `${event.servicePort}: no longer listening on local port ${event.port}`)
    case 'endpoints':
      return sentence('info', 2, () => {
        const who = event.endpoints.map(endpointText).join(' ') || 'none, clients are refused'
        return `${event.servicePort}: endpoints: ${who}`
      })
    case 'affinity': {
      const { affinity } = event
      const text =
        affinity.kind === 'none'
          ? 'clients are dealt in turn'
          : `clients return to their endpoint for ${durationText(affinity.timeout)}`
      return sentence('info', 2, `${event.servicePort}: ${text}`)
    }
    case 'rules-written':
      return sentence('info', 2, `wrote ${event.family} rules:\n${event.text.trimEnd()}`)
    case 'rules-repaired':
    case 'addresses-repaired':
      return repairSentence(event)
    case 'family-failed': {
      const stays = 'what was in force there stays, and it is tried again'
      return sentence(
        'error',
        0,
        `${event.family} is not brought up to date: ${event.reason}; ${stays}${cured(event)}`,
      )
    }
    case 'synced': {
      const changed = event.opened + event.closed + event.written.length > 0
      const written =
        event.written.length > 0 ? `rules written for ${event.written.join(', ')}` : 'rules in place'
      const moved = `${event.opened} opened, ${event.closed} closed`
      const spent = durationText(event.duration)
      const text = `synced ${count(event.servicePorts, 'service port')}: ${moved}, ${written}, in ${spent}`
      return sentence('info', changed ? 0 : 3, text)
    }
    case 'sync-failed': {
      const { reason, retryIn, again } = event
      if (again) return sentence('info', 1, `sync failed again; next attempt in ${durationText(retryIn)}`)
      const next = `trying again in ${durationText(retryIn)}`
      return sentence('error', 0, `sync failed, what was in force stays: ${reason}; ${next}${cured(event)}`)
    }
    case 'conntrack-failed': {
      const effect = 'UDP clients that keep sending from the same port may go unanswered'
      return sentence('warn', 0, `${effect}: ${event.reason}; what to do: ${event.cure}`)
    }
    case 'state-not-saved': {
      const what = `cannot save what the next start would need, all else works: ${event.path}: ${event.reason}`
      const cure = 'make room, or give another folder with --state-dir; it is tried again'
      return sentence('warn', 0, `${what}; what to do: ${cure}`)
    }
    case 'state-saved-again':
      return sentence('info', 0, 'what the next start would need is saved again')
    case 'snapshot-saved': {
      const what = count(event.servicePorts, 'service port')
      return sentence('info', 3, `saved ${what} for the next start in ${durationText(event.duration)}`)
    }
    case 'state-damaged': {
      const { path, aside, reason } = event
      const where = aside === undefined ? 'left where it is' : `set aside as ${aside}`
      return sentence('warn', 0, `${path} makes no sense, so it is ${where} and not used: ${reason}`)
    }
    case 'resumed': {
      const what = count(event.services, 'Service')
      return sentence('info', 0, `serving ${what} from before, until the API server answers`)
    }
    case 'stopping': {
      const open = `${count(event.connections, 'connection')} open`
      const wait = `waiting up to ${durationText(event.drainTimeout)}; a second signal waits no longer`
      const text = event.connections === 0 ? 'stopping' : `stopping: ${open}, ${wait}`
      return sentence('info', 0, text)
    }
    case 'retire-failed':
      return sentence('error', 0, `cannot take the portals' rules out yet: ${event.reason}`)
    case 'stopped': {
      const reset = event.reset === 0 ? '' : `; ${count(event.reset, 'connection')} had to be reset`
      const gone = event.removed > 0 ? ', all of ours is removed from this machine' : ''
      return sentence('info', 0, `stopped${gone}${reset}`)
    }
  }
}
