import type { Clock } from '../../../model/clock.js'
import type { Milliseconds } from '../../../model/milliseconds.js'
import { methodNotAllowed, noSuchPath } from '../status-error.js'
import type { Store } from '../store/store.js'
import type { Answer, Call } from '../verbs/call.js'
import { create } from '../verbs/create.js'
import { deleteCollection, deleteObject } from '../verbs/delete.js'
import { get } from '../verbs/get.js'
import { list } from '../verbs/list.js'
import { patch } from '../verbs/patch.js'
import { getScale, patchScale, updateScale } from '../verbs/scale.js'
import { update } from '../verbs/update.js'
import { watch } from '../verbs/watch.js'
import { authorize, type User } from './authorization.js'
import { bodyOf, headerOf, type HttpRequest, type HttpResponse, sendJson } from './exchange.js'
import { type Target, type Verb, verbOf } from './target.js'
import { readBody } from './body.js'
import { type Form, formFor } from './form.js'

/** A request for a resource, with what it takes to answer it. */
export interface ResourceRequest {
  readonly store: Store
  readonly clock: Clock
  readonly now: () => Date
  readonly bookmarkInterval: Milliseconds
  readonly user: User
  readonly target: Target
  readonly query: URLSearchParams
}

type Action = (store: Store, call: Call) => Answer

const scaleActions: Partial<Record<Verb, Action>> = { get: getScale, update: updateScale, patch: patchScale }

const writes: Partial<Record<Verb, Action>> = {
  create,
  update,
  patch,
  delete: deleteObject,
  deletecollection: deleteCollection,
}

const callFrom = async ({ target, query }: ResourceRequest, request: HttpRequest): Promise<Call> => {
  const contentType = headerOf(request, 'content-type').split(';')[0]?.trim() ?? ''
  return { target, query, ...readBody(contentType, await bodyOf(request)) }
}

interface Reply {
  readonly form: Form
  readonly response: HttpResponse
}

const openWatch = (
  { store, clock, bookmarkInterval }: ResourceRequest,
  call: Call,
  { form, response }: Reply,
): void => {
  response.statusCode = 200
  response.setHeader('content-type', 'application/json')
  response.setHeader('cache-control', 'no-cache, private')
  const encode = form.events()
  const stop = watch({ ledger: store.ledger, clock, bookmarkInterval }, call, {
    send: event => response.write(`${JSON.stringify(encode(event))}\n`),
    end: () => response.end(),
  })
  response.on('close', stop)
  if (!response.headersSent) response.flushHeaders?.()
}

const checkSubresource = ({ kind, subresource }: Target): void => {
  if (subresource !== '' && !kind.subresources.some(known => known === subresource)) throw noSuchPath()
}

/** Answers a request for objects of a kind. Rejects with a StatusError what the API refuses. */
export const answerResource = async (
  asked: ResourceRequest,
  request: HttpRequest,
  response: HttpResponse,
): Promise<void> => {
  const { store, user, target, query, now } = asked
  checkSubresource(target)
  const verb = verbOf(request.method ?? '', target, query)
  if (!verb) throw methodNotAllowed()
  authorize(user, verb, target)
  const call = await callFrom(asked, request)
  const form = formFor(headerOf(request, 'accept'), { kind: target.kind, query, now })
  const action = target.subresource === 'scale' ? scaleActions[verb] : writes[verb]
  if (action) {
    const { code, body } = action(store, call)
    sendJson(response, code, body)
  } else if (target.subresource === 'scale') throw methodNotAllowed()
  else if (verb === 'watch') openWatch(asked, call, { form, response })
  else if (verb === 'list') sendJson(response, 200, form.list(list(store.ledger, call)))
  else sendJson(response, 200, form.object(get(store, call)))
}
