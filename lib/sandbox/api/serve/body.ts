import { decodeObject, protobufType } from '../protobuf/envelope.js'
import { badRequest } from '../status-error.js'
import type { Call } from '../verbs/call.js'

const json = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest('the object provided is unrecognized (must be of type JSON)')
  }
}

/** Reads the body of a request. What came as protobuf counts as JSON from here on. Throws 400 for nonsense. */
export const readBody = (contentType: string, bytes: Buffer): Pick<Call, 'body' | 'contentType'> => {
  if (bytes.length === 0) return { contentType, body: undefined }
  if (contentType === protobufType) return { contentType: 'application/json', body: decodeObject(bytes) }
  const isJson = contentType === '' || contentType.endsWith('json')
  return { contentType, body: isJson ? json(bytes.toString()) : undefined }
}
