import { isDeepStrictEqual } from 'node:util'
import type { ApiObject } from '../../lib/sandbox/api-object.js'
import type { ObjectChange, Objects, Resource } from '../../lib/sandbox/objects.js'

/**
 * Objects without the API's rules: no defaults, no validation. Names and uids are numbered, so that tests can compare
 * whole objects.
 */
export const memoryObjects = (): Objects => {
  const objects = new Map<string, ApiObject>()
  const listeners = new Set<(change: ObjectChange) => void>()
  let born = 0
  const keyOf = (resource: Resource, namespace: string, name: string): string =>
    `${resource}/${namespace}/${name}`
  const write = (type: ObjectChange['type'], resource: Resource, object: ApiObject): ApiObject => {
    const key = keyOf(resource, object.metadata.namespace ?? '', object.metadata.name)
    if (type === 'DELETED') objects.delete(key)
    else objects.set(key, object)
    for (const listener of listeners) listener({ type, resource, object })
    return object
  }
  const get = (resource: Resource, namespace: string, name: string): ApiObject | undefined =>
    objects.get(keyOf(resource, namespace, name))
  const there = (resource: Resource, { metadata: { namespace = '', name } }: ApiObject): ApiObject => {
    const current = get(resource, namespace, name)
    if (!current) throw new Error(`there is no ${keyOf(resource, namespace, name)}`)
    return current
  }
  return {
    get,
    list: (resource, namespace) =>
      [...objects]
        .filter(([key]) =>
          key.startsWith(namespace === undefined ? `${resource}/` : `${resource}/${namespace}/`),
        )
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, object]) => object),
    create: (resource, object) => {
      born += 1
      const { generateName, name } = object.metadata
      const made = name === '' && typeof generateName === 'string' ? `${generateName}${born}` : name
      return write('ADDED', resource, {
        ...object,
        metadata: { ...object.metadata, name: made, uid: `uid-${born}` },
      })
    },
    update: (resource, object) => {
      const current = there(resource, object)
      return isDeepStrictEqual(current, object) ? current : write('MODIFIED', resource, object)
    },
    terminate: (resource, object, grace) => {
      const current = there(resource, object)
      const going = { deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: grace }
      return write('MODIFIED', resource, { ...current, metadata: { ...current.metadata, ...going } })
    },
    remove: (resource, namespace, name) => {
      const object = get(resource, namespace, name)
      if (object) write('DELETED', resource, object)
    },
    onChange: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
