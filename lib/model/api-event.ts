import type { Milliseconds } from './milliseconds.js'

/** The kinds of API objects that we mirror, as their resources are called. */
export type Resource = 'services' | 'endpointslices' | 'endpoints' | 'nodes'

/**
 * Why a list or a watch ended. `silent`: the server stopped answering without saying so. `untrusted`: its certificate is
 * not one that we were told to accept.
 */
export type ApiTrouble =
  | 'unreachable'
  | 'untrusted'
  | 'silent'
  | 'unauthorized'
  | 'forbidden'
  | 'expired'
  | 'busy'
  | 'garbage'
  | 'refused'

/** What happened between us and the API server. */
export type ApiEvent =
  | {
      readonly type: 'listed'
      readonly resource: Resource
      /** Absent: of the whole cluster. */
      readonly namespace?: string
      readonly objects: number
    }
  | {
      readonly type: 'api-trouble'
      readonly resource: Resource
      readonly namespace?: string
      readonly during: 'list' | 'watch'
      readonly trouble: ApiTrouble
      readonly reason: string
      /** How long until the next attempt. */
      readonly retryIn: Milliseconds
    }
  | {
      /** We are none of the cluster's Nodes, so no endpoint is ours: traffic policies and topology hints are not followed. */
      readonly type: 'no-node'
      readonly node: string
    }
  | {
      /** We may not see Nodes, and go on as if we were none of them. */
      readonly type: 'nodes-forbidden'
      readonly reason: string
    }
  | {
      /** Whom clients of the API server's own Service are led to, on a machine that is no Node: where we ask it ourselves. */
      readonly type: 'own-service'
      readonly server: string
      /** Why they are not; absent: they are. */
      readonly why?: string
    }
  | {
      /** A namespace that we are to follow has no Services, perhaps because there is `none` of that name. */
      readonly type: 'namespace-empty'
      readonly namespace: string
      readonly there: 'none' | 'maybe'
    }
  | {
      /** The server has no `wanted`, so its `instead` are used for as long as we run. */
      readonly type: 'older-api'
      readonly wanted: Resource
      readonly instead: Resource
    }
  | {
      /** An object, or a part of one, that is not proxied. Said once for as long as the reason stays. */
      readonly type: 'skipped'
      /** `Service shop/cart`, `EndpointSlice shop/cart-x7f2k`. */
      readonly object: string
      readonly reason: string
      /** `refused`: it makes no sense or is not allowed. `not for us`: it is fine, somebody else's work. */
      readonly why: 'refused' | 'not for us'
    }
