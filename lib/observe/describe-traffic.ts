import { durationText } from '../model/duration.js'
import { endpointText } from '../model/endpoint.js'
import type { ConnectionEvent, FlowClient, FlowEvent } from '../model/traffic-event.js'
import { type Sentence, sentence } from './sentence.js'

const tries = (attempt: number): string => (attempt === 1 ? '' : `, at attempt ${attempt}`)

const connectionText = (event: ConnectionEvent): string => {
  const who = `${event.servicePort} #${event.connection} from ${event.client}`
  switch (event.type) {
    case 'connected': {
      const spent = durationText(event.duration)
      return `${who}: connected to ${endpointText(event.endpoint)} in ${spent}${tries(event.attempt)}`
    }
    case 'dial-failed': {
      const endpoint = endpointText(event.endpoint)
      return `${who}: endpoint ${endpoint} failed: ${event.reason} (attempt ${event.attempt})`
    }
    case 'turned-away':
      return `${who}: reset: ${event.reason}`
    case 'disconnected': {
      const bytes = `${event.sent} bytes sent, ${event.received} received, ${durationText(event.duration)}`
      return `${who}: ${event.how}: ${bytes}, ${endpointText(event.endpoint)}`
    }
  }
}

const fromText = ({ client, clientPort: port }: FlowClient): string =>
  port === undefined ? client : endpointText({ address: client, port })

const flowText = (event: FlowEvent): string => {
  const from = fromText(event)
  switch (event.type) {
    case 'flow-began': {
      const to = `${endpointText(event.endpoint)}${tries(event.attempt)}`
      return `${event.servicePort} flow ${event.flow} from ${from}: to ${to}`
    }
    case 'flow-ended': {
      const bytes = `${event.sent} bytes sent, ${event.received} received, ${durationText(event.duration)}`
      const what = `${event.how}: ${bytes}, ${endpointText(event.endpoint)}`
      return `${event.servicePort} flow ${event.flow} from ${from}: ${what}`
    }
    case 'flow-failed': {
      const what = `endpoint ${endpointText(event.endpoint)} failed: ${event.reason}`
      return `${event.servicePort} from ${from}: ${what} (attempt ${event.attempt})`
    }
    case 'flow-refused':
      return `${event.servicePort} from ${from}: datagrams lost: ${event.reason}`
  }
}

export const connectionSentence = (event: ConnectionEvent): Sentence => {
  const text = (): string => connectionText(event)
  switch (event.type) {
    case 'connected':
    case 'disconnected':
      return sentence('info', 4, text)
    case 'dial-failed':
    case 'turned-away':
      return sentence('warn', 3, text)
  }
}

export const flowSentence = (event: FlowEvent): Sentence => {
  const text = (): string => flowText(event)
  switch (event.type) {
    case 'flow-began':
    case 'flow-ended':
      return sentence('info', 4, text)
    case 'flow-failed':
    case 'flow-refused':
      return sentence('warn', 3, text)
  }
}
