import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { errorText } from '../../lib/model/error-text.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import { type Tokens, userOf } from '../../lib/sandbox/api/serve/authorization.js'
import type { Upgrade } from '../../lib/sandbox/api/serve/server.js'
import type { Store } from '../../lib/sandbox/api/store/store.js'
import { textAt } from '../../lib/sandbox/json.js'
import { type ForwardTarget, type Refusal, servePortForwards } from '../reach/port-forward/kubelet.js'
import type { Nodes } from './nodes.js'

export interface ForwardsOptions {
  readonly objects: Store
  readonly tokens: Tokens
  readonly nodes: Pick<Nodes, 'hostOf'>
}

/** As a new API server does it: whoever only has `get`, but not `create`, is refused. */
const verbs = ['get', 'create'] as const

const whyNot = (
  tokens: Tokens,
  { namespace, pod }: ForwardTarget,
  request: IncomingMessage,
): Refusal | undefined => {
  try {
    const user = userOf(request.headers.authorization ?? '', tokens)
    const missing = verbs.find(verb => !(user.may?.(verb, 'pods/portforward', namespace) ?? true))
    return (
      missing && {
        ...{ code: 403, reason: 'Forbidden' },
        message:
          `pods "${pod}" is forbidden: User "${user.name}" cannot ${missing} resource "pods/portforward" in API group ` +
          `"" in the namespace "${namespace}"`,
      }
    )
  } catch (error) {
    return { code: 401, reason: 'Unauthorized', message: errorText(error) }
  }
}

/** Answers `pods/portforward`: rights are the API server's, and connections come from the pod itself, as its kubelet makes them. */
export const forwardsTo = ({ objects, tokens, nodes }: ForwardsOptions): Upgrade => {
  const upgrades = new EventEmitter()
  const addressOf = ({ namespace, pod }: ForwardTarget): string =>
    textAt(objects.get('pods', namespace, pod), 'status', 'podIP')
  servePortForwards(upgrades, {
    // In ms. A client that waits for the end waits for this, too; containerd takes a second.
    grace: 50,
    refuse: (target, request) =>
      whyNot(tokens, target, request) ??
      (addressOf(target) === ''
        ? { code: 404, reason: 'NotFound', message: `pods "${target.pod}" not found` }
        : undefined),
    dial: (target): Promise<Socket> => {
      const address = ipAddress(addressOf(target))
      return nodes.hostOf(address).connect(address, { address, port: port(target.port) })
    },
  })
  return (request, connection, head) => void upgrades.emit('upgrade', request, connection, head)
}
