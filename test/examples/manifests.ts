import { readFileSync } from 'node:fs'
import { loadAllYaml } from '@kubernetes/client-node'
import { isJsonObject, type JsonObject, listAt, textAt } from '../../lib/sandbox/json.js'

const folder = 'examples/daemonset'

/** Every object in a file of examples/daemonset. */
export const manifestsIn = (name: string): readonly JsonObject[] =>
  loadAllYaml(readFileSync(`${folder}/${name}`, 'utf8')).filter(isJsonObject)

/** The first of a kind. */
export const manifestOf = (name: string, kind: string): JsonObject => {
  const found = manifestsIn(name).find(each => each.kind === kind)
  if (!found) throw new Error(`${name} has no ${kind}`)
  return found
}

/** The container of the DaemonSet. */
export const container = listAt(
  manifestOf('kube-portal.yaml', 'DaemonSet'),
  ...['spec', 'template', 'spec', 'containers'],
)[0]

/** What its pods are told of the API server, as kubeadm has it. */
export const kubeconfigAt = (server: string): string =>
  textAt(manifestOf('kind.yaml', 'ConfigMap'), 'data', 'kubeconfig.conf').replace(
    'https://kind-control-plane:6443',
    server,
  )
