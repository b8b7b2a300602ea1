import { Failure } from '../model/failure.js'
import type { OwnPods } from '../model/own-pods.js'
import type { DetectLocalMode, NodeOptions } from './options/node.js'

type Choice = Pick<
  NodeOptions,
  'detectLocalMode' | 'clusterCidr' | 'podBridgeInterface' | 'podInterfaceNamePrefix'
>

const missing = (mode: DetectLocalMode, option: string): Failure =>
  new Failure('usage', `--detect-local-mode ${mode} says nothing without ${option}`, {
    cure: `give ${option} too, or leave the mode out: then the Node's own podCIDRs tell`,
  })

/** What is meant where only what it needs is given. */
const modeFor = ({
  clusterCidr = [],
  podBridgeInterface,
  podInterfaceNamePrefix,
}: Choice): DetectLocalMode => {
  if (podBridgeInterface !== undefined) return 'BridgeInterface'
  if (podInterfaceNamePrefix !== undefined) return 'InterfaceNamePrefix'
  return clusterCidr.length > 0 ? 'ClusterCIDR' : 'NodeCIDR'
}

/** How this node's own pods are told, as the command line says; undefined: by the Node's podCIDRs. Throws Failure. */
export const ownPodsFrom = (choice: Choice): OwnPods | undefined => {
  const { clusterCidr = [], podBridgeInterface, podInterfaceNamePrefix } = choice
  const mode = choice.detectLocalMode ?? modeFor(choice)
  switch (mode) {
    case 'NodeCIDR':
      return undefined
    case 'ClusterCIDR':
      if (clusterCidr.length === 0) throw missing(mode, '--cluster-cidr')
      return { kind: 'cidrs', cidrs: clusterCidr }
    case 'BridgeInterface':
      if (podBridgeInterface === undefined) throw missing(mode, '--pod-bridge-interface')
      return { kind: 'interface', name: podBridgeInterface }
    case 'InterfaceNamePrefix':
      if (podInterfaceNamePrefix === undefined) throw missing(mode, '--pod-interface-name-prefix')
      return { kind: 'interface', name: `${podInterfaceNamePrefix}+` }
  }
}
