import type { Clock } from '../../../model/clock.js'
import { errorText } from '../../../model/error-text.js'
import { type Milliseconds, seconds } from '../../../model/milliseconds.js'
import { kinds } from '../kinds.js'
import { noSuchPath, StatusError } from '../status-error.js'
import type { Store } from '../store/store.js'
import { aboutPage } from './about.js'
import { authorizePath, type Tokens, userOf } from './authorization.js'
import { discoveryOf } from './discovery.js'
import { type Handler, headerOf, type HttpRequest, type HttpResponse, sendJson } from './exchange.js'
import { answerResource } from './resource.js'
import { targetOf } from './target.js'

export interface HandlerOptions {
  readonly store: Store
  readonly clock: Clock
  /** For the ages in tables. */
  readonly now: () => Date
  /** Absent: whoever can connect may do everything. */
  readonly tokens?: Tokens
  /** How often a watch that allows it gets a bookmark; default one minute. */
  readonly bookmarkInterval?: Milliseconds
  /** Groups that the server has not heard of, such as `discovery.k8s.io`; it answers 404 for all that is in them. */
  readonly missingGroups?: readonly string[]
}

/** Answers like a Kubernetes API server. Apart from the listener, so that a test can stand in between. */
export const createHandler = ({
  bookmarkInterval = seconds(60),
  missingGroups = [],
  ...options
}: HandlerOptions): Handler => {
  const known = kinds.filter(({ group }) => !missingGroups.includes(group))
  const discovery = discoveryOf(known)
  const respond = async (request: HttpRequest, response: HttpResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://sandbox')
    const path = url.pathname.replace(/(?<=.)\/$/, '')
    const user = userOf(headerOf(request, 'authorization'), options.tokens)
    const target = targetOf(path, known)
    if (target) {
      await answerResource(
        { ...options, bookmarkInterval, user, target, query: url.searchParams },
        request,
        response,
      )
      return
    }
    authorizePath(user, path)
    const page = aboutPage(path)
    const document = discovery.get(path)
    if (page) page(request, response)
    else if (document) sendJson(response, 200, document)
    else throw noSuchPath()
  }
  return (request, response) => {
    respond(request, response).catch((error: unknown) => {
      const { code, status } =
        error instanceof StatusError
          ? error
          : new StatusError(500, errorText(error), { reason: 'InternalError' })
      sendJson(response, code, status)
    })
  }
}
