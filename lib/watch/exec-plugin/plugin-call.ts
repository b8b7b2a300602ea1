import { Failure } from '../../model/failure.js'
import { field, flag, list, text, texts } from '../raw.js'

/** How a program is asked for credentials. */
export interface PluginCall {
  /** A name to be found among the programs, or a whole path. */
  readonly command: string
  readonly args: readonly string[]
  /** What it gets beside our own variables. */
  readonly variables: Readonly<Record<string, string>>
}

/** An exec plugin, as a kubeconfig names it. */
export interface PluginChoice {
  readonly call: PluginCall
  /** `client.authentication.k8s.io/v1`: what it is asked in, and has to answer in. */
  readonly apiVersion: string
  /** How to get the program, where somebody has written that down. */
  readonly installHint: string | undefined
  /** Whether it may want to ask a user on a terminal, who is not there. */
  readonly mayAsk: boolean
}

/** What a plugin may be told about the cluster. */
export interface PluginCluster {
  readonly server: string
  readonly tlsServerName?: string | undefined
  readonly skipTLSVerify: boolean
  /** Base64. */
  readonly ca?: string | undefined
  readonly proxyUrl?: string | undefined
  /** The cluster's extension `client.authentication.k8s.io/exec`. */
  readonly config?: unknown
}

const group = 'client.authentication.k8s.io'
const versions: readonly string[] = [`${group}/v1`, `${group}/v1beta1`]

const clusterInfo = ({ server, tlsServerName, skipTLSVerify, ca, proxyUrl, config }: PluginCluster) => ({
  server,
  ...(tlsServerName !== undefined && { 'tls-server-name': tlsServerName }),
  ...(skipTLSVerify && { 'insecure-skip-tls-verify': true }),
  ...(ca !== undefined && { 'certificate-authority-data': ca }),
  ...(proxyUrl !== undefined && { 'proxy-url': proxyUrl }),
  ...(config !== undefined && { config }),
})

const variablesIn = (exec: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    list(field(exec, 'env')).flatMap(each => {
      const name = text(field(each, 'name'))
      return name === undefined ? [] : [[name, text(field(each, 'value')) ?? ''] as const]
    }),
  )

/**
 * Reads the `exec` of a kubeconfig's user. Throws a `Failure` where it makes no sense; `origin` is the kubeconfig's. What the plugin
 * gets is what kubectl gives it, but for standard input.
 */
export const pluginChoice = (
  exec: unknown,
  { cluster, origin }: { readonly cluster: PluginCluster; readonly origin: string },
): PluginChoice => {
  const command = text(field(exec, 'command')) ?? ''
  const apiVersion = text(field(exec, 'apiVersion')) ?? ''
  const cure = `correct the kubeconfig: kubectl config view shows it; the vendor of the plugin says how`
  if (command === '') throw new Failure('usage', `${origin} has an exec plugin without a command`, { cure })
  if (!versions.includes(apiVersion)) {
    const which = `the exec plugin ${command} with the apiVersion ${JSON.stringify(apiVersion)}`
    throw new Failure('usage', `${origin} has ${which}, which is none of ${versions.join(', ')}`, { cure })
  }
  const told = flag(field(exec, 'provideClusterInfo')) === true
  const asked = {
    ...{ kind: 'ExecCredential', apiVersion },
    spec: { interactive: false, ...(told && { cluster: clusterInfo(cluster) }) },
  }
  return {
    ...{ apiVersion, installHint: text(field(exec, 'installHint')) },
    mayAsk: text(field(exec, 'interactiveMode')) !== 'Never',
    call: {
      ...{ command, args: texts(field(exec, 'args')) },
      variables: { ...variablesIn(exec), KUBERNETES_EXEC_INFO: JSON.stringify(asked) },
    },
  }
}
