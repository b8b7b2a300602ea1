import { isDeepStrictEqual } from 'node:util'
import type { ApiObject, Metadata } from '../../api-object.js'
import { without } from '../../json.js'
import { apiVersionOf, type Kind } from '../kinds.js'
import { timestamp } from '../time.js'

/** Where the API server takes what it makes up itself. */
export interface Sources {
  readonly now: () => Date
  /** At least 0, less than 1. */
  readonly random: () => number
}

// Kubernetes leaves out vowels and what looks alike, so that no name is a word.
const nameLetters = 'bcdfghjklmnpqrstvwxz2456789'
const hex = '0123456789abcdef'

const letters = (alphabet: string, count: number, random: () => number): string =>
  Array.from({ length: count }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join('')

const uid = (random: () => number): string => {
  const digits = letters(hex, 31, random)
  const variant = '89ab'.charAt(Math.floor(random() * 4))
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(12, 15)}`,
    `${variant}${digits.slice(15, 18)}`,
    digits.slice(18, 30),
  ].join('-')
}

const generatedName = ({ generateName }: Metadata, random: () => number): string =>
  typeof generateName === 'string' && generateName !== ''
    ? `${generateName}${letters(nameLetters, 5, random)}`
    : ''

/** `object` with the identity that a new object gets, and no resourceVersion yet. */
export const born = (kind: Kind, object: ApiObject, { now, random }: Sources): ApiObject => {
  const { name, namespace } = object.metadata
  return {
    ...object,
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: {
      ...without(object.metadata, 'namespace', 'resourceVersion', 'deletionTimestamp'),
      name: name === '' ? generatedName(object.metadata, random) : name,
      ...(kind.namespaced ? { namespace: namespace ?? 'default' } : {}),
      uid: uid(random),
      creationTimestamp: timestamp(now()),
      ...(kind.generation ? { generation: 1 } : {}),
    },
  }
}

const asked = (object: ApiObject): unknown => without(object, 'metadata', 'status')

/** `object` with the identity of `current`, which it replaces: nobody can change that. */
export const grown = (object: ApiObject, current: ApiObject): ApiObject => {
  const { uid, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds, namespace } =
    current.metadata
  const changed = generation !== undefined && !isDeepStrictEqual(asked(object), asked(current))
  const identity = {
    ...{ namespace, uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds },
    generation: changed ? generation + 1 : generation,
    resourceVersion: current.metadata.resourceVersion,
  }
  const known = Object.entries(identity).filter(([, value]) => value !== undefined)
  return { ...object, metadata: { ...object.metadata, ...Object.fromEntries(known) } }
}

/** `object` as of `version`. */
export const versioned = (object: ApiObject, version: number): ApiObject => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: String(version) },
})
