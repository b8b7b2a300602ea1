import type { ApiObject } from '../../api-object.js'
import { textAt, textsAt } from '../../json.js'
import { age } from './age.js'
import type { Column } from './column.js'

export const namespaceColumns: readonly Column[] = [
  { name: 'Status', cell: namespace => textAt(namespace, 'status', 'phase') },
]

export const serviceCidrColumns: readonly Column[] = [
  { name: 'CIDRs', cell: range => textsAt(range, 'spec', 'cidrs').join(',') },
]

const subject = (event: ApiObject): string => {
  const kind = textAt(event, 'involvedObject', 'kind').toLowerCase()
  return `${kind}/${textAt(event, 'involvedObject', 'name')}`
}

const lastSeen = (event: ApiObject, now: Date): string =>
  age(textAt(event, 'lastTimestamp') || event.metadata.creationTimestamp, now)

export const eventColumns: readonly Column[] = [
  { name: 'Last Seen', cell: lastSeen },
  { name: 'Type', cell: event => textAt(event, 'type') },
  { name: 'Reason', cell: event => textAt(event, 'reason') },
  { name: 'Object', cell: subject },
  { name: 'Message', cell: event => textAt(event, 'message').trim() },
]
