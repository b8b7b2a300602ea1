import { durationText } from '../model/duration.js'
import { endpointText } from '../model/endpoint.js'
import type { ApiEvent, ConnectionEvent, FlowEvent, ProxyEvent, ProxyOwnEvent } from '../model/event.js'

/** A sentence about an event, and to whom it matters. */
export interface Sentence {
  readonly level: 'info' | 'warn' | 'error'
  /** Shown when `-v` is this or more: 0 what an operator must see, 2 what changed, 4 every connection. */
  readonly verbosity: number
  readonly text: string
}

const sentence = (level: Sentence['level'], verbosity: number, text: string): Sentence => ({
  level,
  verbosity,
  text,
})

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`

const connectionSentence = (event: ConnectionEvent): Sentence => {
  const who = `${event.servicePort} #${event.connection} from ${event.client}`
  switch (event.type) {
    case 'connected': {
      const tries = event.attempt === 1 ? '' : `, at attempt ${event.attempt}`
      const spent = durationText(event.duration)
      return sentence('info', 4, `${who}: connected to ${endpointText(event.endpoint)} in ${spent}${tries}`)
    }
    case 'dial-failed': {
      const endpoint = endpointText(event.endpoint)
      return sentence(
        'warn',
        0,
        `${who}: endpoint ${endpoint} failed: ${event.reason} (attempt ${event.attempt})`,
      )
    }
    case 'turned-away':
      return sentence(
        'warn',
        event.reason === 'every endpoint failed' || event.reason === 'loop' ? 0 : 3,
        `${who}: reset: ${event.reason}`,
      )
    case 'disconnected': {
      const bytes = `${event.sent} bytes sent, ${event.received} received, ${durationText(event.duration)}`
      return sentence('info', 4, `${who}: ${event.how}: ${bytes}, ${endpointText(event.endpoint)}`)
    }
  }
}

const flowSentence = (event: FlowEvent): Sentence => {
  const { client, clientPort: port } = event
  const from = port === undefined ? client : endpointText({ address: client, port })
  switch (event.type) {
    case 'flow-began': {
      const tries = event.attempt === 1 ? '' : `, at attempt ${event.attempt}`
      const text = `${event.servicePort} flow ${event.flow} from ${from}: to ${endpointText(event.endpoint)}${tries}`
      return sentence('info', 4, text)
    }
    case 'flow-ended': {
      const who = `${event.servicePort} flow ${event.flow} from ${from}`
      const bytes = `${event.sent} bytes sent, ${event.received} received, ${durationText(event.duration)}`
      return sentence('info', 4, `${who}: ${event.how}: ${bytes}, ${endpointText(event.endpoint)}`)
    }
    case 'flow-failed': {
      const what = `endpoint ${endpointText(event.endpoint)} failed: ${event.reason}`
      return sentence('warn', 0, `${event.servicePort} from ${from}: ${what} (attempt ${event.attempt})`)
    }
    case 'flow-refused':
      return sentence('warn', 3, `${event.servicePort} from ${from}: datagrams lost: ${event.reason}`)
  }
}

const apiSentence = (event: ApiEvent): Sentence => {
  switch (event.type) {
    case 'listed':
      return sentence('info', 1, `listed ${event.resource}: ${count(event.objects, 'object')}`)
    case 'api-trouble': {
      const again = `trying again in ${durationText(event.retryIn)}`
      const quiet = event.trouble === 'expired'
      return sentence(
        quiet ? 'info' : 'warn',
        quiet ? 2 : 0,
        `cannot ${event.during} ${event.resource}: ${event.reason}; ${again}`,
      )
    }
    case 'skipped': {
      const refused = event.why === 'refused'
      return sentence(refused ? 'warn' : 'info', refused ? 0 : 1, `${event.object}: ${event.reason}`)
    }
  }
}

const ownSentence = (event: ProxyOwnEvent): Sentence => {
  switch (event.type) {
    case 'listening':
      return sentence('info', 2, `${event.servicePort}: listening on local port ${event.port}`)
    case 'listen-failed':
      return sentence('error', 0, `${event.servicePort}: cannot listen: ${event.reason}`)
    case 'closed':
      return sentence('info', 2, `${event.servicePort}: no longer listening on local port ${event.port}`)
    case 'endpoints': {
      const who = event.endpoints.map(endpointText).join(' ') || 'none, clients are refused'
      return sentence('info', 2, `${event.servicePort}: endpoints: ${who}`)
    }
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
      const again = `trying again in ${durationText(event.retryIn)}`
      return sentence('error', 0, `sync failed, what was in force stays: ${event.reason}; ${again}`)
    }
    case 'conntrack-failed': {
      const effect = 'UDP clients that keep sending from the same port may go unanswered'
      return sentence('warn', 0, `${effect}: ${event.reason}; what to do: ${event.cure}`)
    }
    case 'state-not-saved':
      return sentence('warn', 0, `cannot remember local ports for the next start: ${event.reason}`)
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
      return sentence('info', 0, `stopped, rules removed${reset}`)
    }
  }
}

/** What people read about `event`. */
export const describe = (event: ProxyEvent): Sentence => {
  switch (event.type) {
    case 'connected':
    case 'dial-failed':
    case 'turned-away':
    case 'disconnected':
      return connectionSentence(event)
    case 'flow-began':
    case 'flow-failed':
    case 'flow-refused':
    case 'flow-ended':
      return flowSentence(event)
    case 'listed':
    case 'api-trouble':
    case 'skipped':
      return apiSentence(event)
    case 'listening':
    case 'listen-failed':
    case 'closed':
    case 'endpoints':
    case 'affinity':
    case 'rules-written':
    case 'synced':
    case 'sync-failed':
    case 'conntrack-failed':
    case 'state-not-saved':
    case 'stopping':
    case 'retire-failed':
    case 'stopped':
      return ownSentence(event)
  }
}
