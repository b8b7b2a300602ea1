import type { JsonObject } from '../../json.js'
import { textAt } from '../../json.js'
import { badRequest, unsupportedMediaType } from '../status-error.js'
import { decodeMessage } from './decode.js'
import { fieldsOf } from './message.js'
import { schemas } from './schemas.js'
import { type Fields, text } from './shape.js'

export const protobufType = 'application/vnd.kubernetes.protobuf'

const magic = Buffer.from('k8s\0')
const typeFields: Fields = { 1: ['apiVersion', text], 2: ['kind', text] }

/**
 * Reads an object as clients made from Kubernetes' Go types send it when they create one: a prefix, then what it is
 * and its bytes. Throws 415 for kinds that we know in JSON only, 400 for anything that is no such message.
 */
export const decodeObject = (body: Buffer): JsonObject => {
  try {
    return decoded(body)
  } catch (error) {
    throw error instanceof RangeError ? badRequest(error.message) : error
  }
}

const decoded = (body: Buffer): JsonObject => {
  if (!body.subarray(0, magic.length).equals(magic))
    throw badRequest('the body is not a Kubernetes protobuf message')
  const parts = fieldsOf(body.subarray(magic.length))
  const bytes = (number: number): Buffer => {
    const part = parts.find(field => field.number === number)
    return part?.kind === 'bytes' ? part.value : Buffer.alloc(0)
  }
  const meta = decodeMessage(bytes(1), typeFields)
  const fields = schemas[textAt(meta, 'kind')]
  if (!fields) throw unsupportedMediaType(['application/json'])
  return { ...meta, ...decodeMessage(bytes(2), fields) }
}
