import { isDeepStrictEqual } from 'node:util'
import type { ApiObject } from '../../api-object.js'
import type { ObjectChange, Objects, Resource } from '../../objects.js'
import { type Admission, admission } from '../rules/admission.js'
import { type Kind, kindOf, kinds } from '../kinds.js'
import { Ledger } from './ledger.js'
import { born, grown, type Sources } from './metadata.js'
import { ServiceAddresses } from '../rules/service-addresses.js'
import { alreadyExists, conflict, notFound } from '../status-error.js'
import { timestamp } from '../time.js'

export interface StoreOptions extends Sources {
  /** A range of cluster IPs, or one of each family; the first is the default one. Default `10.96.0.0/16`. */
  readonly serviceCidrs?: readonly string[]
  /** How many changes of each resource a watch can go back; default 1,000. */
  readonly window?: number
}

const modified = 'the object has been modified; please apply your changes to the latest version and try again'

/** The objects of a cluster, in memory, under the rules of the API. */
export class Store implements Objects {
  /** What is in the store, with its history. Reading it is free; writing goes through the store. */
  readonly ledger: Ledger
  readonly #sources: Sources
  readonly #admission: Admission

  constructor({ now, random, serviceCidrs = ['10.96.0.0/16'], window = 1000 }: StoreOptions) {
    this.#sources = { now, random }
    const addresses = new ServiceAddresses({ cidrs: serviceCidrs, random })
    this.ledger = new Ledger(window, change => addresses.follow(change))
    this.#admission = admission(addresses)
  }

  list(resource: Resource, namespace = ''): readonly ApiObject[] {
    return this.ledger.list(resource, namespace, this.ledger.version)
  }

  get(resource: Resource, namespace: string, name: string): ApiObject | undefined {
    return this.ledger.get(resource, namespace, name)
  }

  onChange(listener: (change: ObjectChange) => void): () => void {
    return this.ledger.onChange(listener)
  }

  create(resource: Resource, object: ApiObject): ApiObject {
    return this.ledger.write(resource, 'ADDED', this.planCreate(resource, object))
  }

  /** What `create` would make, without making it. Throws what `create` would throw. */
  planCreate(resource: Resource, object: ApiObject): ApiObject {
    const kind = kindOf(resource)
    const planned = born(kind, object, this.#sources)
    const { namespace, name } = planned.metadata
    if (namespace !== undefined && !this.get('namespaces', '', namespace))
      throw notFound(kindOf('namespaces'), namespace)
    if (this.get(resource, namespace ?? '', name)) throw alreadyExists(kind, name)
    return this.#admission(kind, planned, undefined)
  }

  update(resource: Resource, object: ApiObject): ApiObject {
    const planned = this.planUpdate(resource, object)
    const current = this.get(resource, planned.metadata.namespace ?? '', planned.metadata.name)
    return current && isDeepStrictEqual(planned, current)
      ? current
      : this.ledger.write(resource, 'MODIFIED', planned)
  }

  /** What `update` would make, without making it. Throws what `update` would throw. */
  planUpdate(resource: Resource, object: ApiObject): ApiObject {
    const kind = kindOf(resource)
    const current = this.#current(kind, object)
    return grown(this.#admission(kind, object, current), current)
  }

  /** Marks an object as going away within `grace` seconds. Whoever looks after it then calls `remove`. */
  terminate(resource: Resource, object: ApiObject, grace: number): ApiObject {
    if (object.metadata.deletionTimestamp !== undefined) return object
    const moment = new Date(this.#sources.now().getTime() + grace * 1000)
    const metadata = { deletionTimestamp: timestamp(moment), deletionGracePeriodSeconds: grace }
    return this.ledger.write(resource, 'MODIFIED', {
      ...object,
      metadata: { ...object.metadata, ...metadata },
    })
  }

  remove(resource: Resource, namespace: string, name: string): void {
    const object = this.get(resource, namespace, name)
    if (!object) return
    if (resource === 'namespaces') this.#empty(name)
    this.ledger.write(resource, 'DELETED', object)
  }

  #empty(namespace: string): void {
    for (const { resource, namespaced } of kinds)
      if (namespaced)
        for (const { metadata } of this.list(resource, namespace))
          this.remove(resource, namespace, metadata.name)
  }

  #current(kind: Kind, { metadata }: ApiObject): ApiObject {
    const { name, resourceVersion = '', uid = '' } = metadata
    const namespace = kind.namespaced ? (metadata.namespace ?? 'default') : ''
    const current = this.get(kind.resource, namespace, name)
    if (!current) throw notFound(kind, name)
    if (resourceVersion !== '' && resourceVersion !== current.metadata.resourceVersion)
      throw conflict(kind, name, modified)
    const known = current.metadata.uid ?? ''
    if (uid !== '' && uid !== known)
      throw conflict(
        kind,
        name,
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${known}`,
      )
    return current
  }
}
