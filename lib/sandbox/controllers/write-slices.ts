import type { ApiObject, Metadata } from '../api-object.js'
import type { Objects } from '../objects.js'
import { type EndpointGroup, planSlices } from './slice-plan.js'

// What a Go program writes for an empty list that nobody set.
const orNull = (list: readonly unknown[]): readonly unknown[] | null => (list.length > 0 ? list : null)

const withContent = (slice: ApiObject, { addressType, ports, endpoints }: EndpointGroup): ApiObject => ({
  ...slice,
  addressType,
  endpoints: orNull(endpoints),
  ports: orNull(ports),
})

export const serviceNameLabel = 'kubernetes.io/service-name'
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by'

/** Slices of one Service that one controller makes: what all of them carry. */
export interface SliceOwner {
  readonly namespace: string
  readonly name: string
  readonly manager: string
  readonly metadata: Pick<Metadata, 'labels' | 'annotations' | 'ownerReferences'>
}

/** The slices of `owner` that are there. */
export const slicesOf = (
  objects: Objects,
  { namespace, name, manager }: Omit<SliceOwner, 'metadata'>,
): readonly ApiObject[] =>
  objects
    .list('endpointslices', namespace)
    .filter(
      ({ metadata: { labels } }) => labels?.[serviceNameLabel] === name && labels[managedByLabel] === manager,
    )

/** Makes the slices of `owner` hold `groups`. */
export const writeSlices = (objects: Objects, owner: SliceOwner, groups: readonly EndpointGroup[]): void => {
  const { namespace, name, manager, metadata } = owner
  const labels = { ...metadata.labels, [serviceNameLabel]: name, [managedByLabel]: manager }
  const carried = { ...metadata, labels }
  const { keep, remove } = planSlices(slicesOf(objects, owner), groups)
  for (const { slice, group } of keep)
    if (slice) {
      objects.update(
        'endpointslices',
        withContent({ ...slice, metadata: { ...slice.metadata, ...carried } }, group),
      )
    } else {
      const born = { name: '', generateName: `${name}-`, namespace, ...carried }
      const fresh = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: born }
      objects.create('endpointslices', withContent(fresh, group))
    }
  for (const slice of remove) objects.remove('endpointslices', namespace, slice.metadata.name)
}
