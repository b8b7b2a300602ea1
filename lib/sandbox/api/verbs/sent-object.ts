import type { ApiObject } from '../../api-object.js'
import { isJsonObject, objectAt, textAt, without } from '../../json.js'
import { apiVersionOf } from '../kinds.js'
import { badRequest, unsupportedMediaType } from '../status-error.js'
import type { Call } from './call.js'

const checkType = (body: Readonly<Record<string, unknown>>, { target: { kind } }: Call): void => {
  const [apiVersion, sent] = [textAt(body, 'apiVersion'), textAt(body, 'kind')]
  const expected = apiVersionOf(kind)
  if (apiVersion !== '' && apiVersion !== expected)
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`,
    )
  if (sent !== '' && sent !== kind.kind)
    throw badRequest(`${sent} in version ${JSON.stringify(apiVersion)} cannot be handled as a ${kind.kind}`)
}

/** `value` as an object of the API, in the namespace of the request. Throws 400 when it belongs elsewhere. */
export const objectFrom = (value: unknown, { target: { kind, namespace, name } }: Call): ApiObject => {
  if (!isJsonObject(value)) throw badRequest('the body of the request is not a JSON object')
  const metadata = objectAt(value, 'metadata')
  const [sentNamespace, sentName] = [textAt(metadata, 'namespace'), textAt(metadata, 'name')]
  if (kind.namespaced && sentNamespace !== '' && namespace !== '' && sentNamespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  if (name !== '' && sentName !== name)
    throw badRequest(`the name of the object (${sentName}) does not match the name on the URL (${name})`)
  return {
    ...value,
    metadata: {
      ...without(metadata, 'namespace'),
      name: sentName,
      ...(kind.namespaced ? { namespace } : {}),
    },
  }
}

/** The object in the request's body. Throws 400 when there is none, or another than the path names. */
export const sentObject = (call: Call): ApiObject => {
  if (call.contentType !== '' && call.contentType !== 'application/json')
    throw unsupportedMediaType(['application/json'])
  if (!isJsonObject(call.body)) throw badRequest('the body of the request is not a JSON object')
  checkType(call.body, call)
  return objectFrom(call.body, call)
}
