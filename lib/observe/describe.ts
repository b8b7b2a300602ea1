import type { ProxyEvent } from '../model/event.js'
import { apiSentence } from './describe-api.js'
import { crashSentence } from './describe-crash.js'
import { namesSentence } from './describe-names.js'
import { nodeSentence } from './describe-node.js'
import { ownSentence } from './describe-own.js'
import { setUpSentence } from './describe-set-up.js'
import { socksSentence } from './describe-socks.js'
import { takeoverSentence } from './describe-takeover.js'
import { connectionSentence, flowSentence } from './describe-traffic.js'
import type { Sentence } from './sentence.js'

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
    case 'cluster-found':
    case 'capture-chosen':
    case 'reach-chosen':
    case 'reach-failed':
    case 'forwarding-forbidden':
      return setUpSentence(event)
    case 'listed':
    case 'api-trouble':
    case 'no-node':
    case 'nodes-forbidden':
    case 'namespace-empty':
    case 'own-service':
    case 'older-api':
    case 'skipped':
      return apiSentence(event)
    case 'listening':
    case 'listen-failed':
    case 'portal-failed':
    case 'portal-served':
    case 'closed':
    case 'endpoints':
    case 'affinity':
    case 'rules-written':
    case 'rules-repaired':
    case 'addresses-repaired':
    case 'family-failed':
    case 'synced':
    case 'sync-failed':
    case 'conntrack-failed':
    case 'state-not-saved':
    case 'state-saved-again':
    case 'snapshot-saved':
    case 'state-damaged':
    case 'resumed':
    case 'stopping':
    case 'retire-failed':
    case 'stopped':
      return ownSentence(event)
    case 'health-check-port':
    case 'health-check-failed':
    case 'http-port':
    case 'http-port-failed':
    case 'control-socket':
    case 'control-failed':
    case 'self-test':
    case 'ready':
    case 'node-ports-nowhere':
    case 'unnumbered-interfaces':
    case 'node-route':
    case 'node-unrouted':
      return nodeSentence(event)
    case 'names-written':
    case 'names-asked':
    case 'names-failed':
      return namesSentence(event)
    case 'socks-port':
    case 'socks-failed':
    case 'socks-refused':
      return socksSentence(event)
    case 'successor-started':
    case 'successor-failed':
    case 'handed-over':
    case 'took-over':
      return takeoverSentence(event)
    case 'crashed':
    case 'crashed-before':
      return crashSentence(event)
  }
}
