import type { Resource } from '../../objects.js'
import type { Kind } from '../kinds.js'
import { ageColumn, type Column, nameColumn } from './column.js'
import { endpointSliceColumns, endpointsColumns } from './endpoints.js'
import { eventColumns, namespaceColumns, serviceCidrColumns } from './cluster.js'
import { nodeColumns } from './nodes.js'
import { podColumns } from './pods.js'
import { serviceColumns } from './services.js'
import { deploymentColumns, replicaSetColumns } from './workloads.js'

const nameAndAge = [nameColumn, ageColumn]

const byResource: Readonly<Record<Resource, readonly Column[]>> = {
  namespaces: [nameColumn, ...namespaceColumns, ageColumn],
  nodes: nodeColumns,
  services: serviceColumns,
  endpoints: [nameColumn, ...endpointsColumns, ageColumn],
  endpointslices: [nameColumn, ...endpointSliceColumns, ageColumn],
  pods: podColumns,
  deployments: deploymentColumns,
  replicasets: replicaSetColumns,
  events: eventColumns,
  configmaps: nameAndAge,
  serviceaccounts: nameAndAge,
  daemonsets: nameAndAge,
  clusterroles: nameAndAge,
  clusterrolebindings: nameAndAge,
  roles: nameAndAge,
  rolebindings: nameAndAge,
  servicecidrs: [nameColumn, ...serviceCidrColumns, ageColumn],
}

/** The columns of a kind, as kubectl's users know them. */
export const columnsOf = ({ resource }: Kind): readonly Column[] => byResource[resource]
