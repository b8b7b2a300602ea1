import { type Cluster, type Context, KubeConfig, type User } from '@kubernetes/client-node'
import { Failure } from '../model/failure.js'
import { type Credentials, credentials } from './credentials.js'
import { ExecPlugin } from './exec-plugin/exec-plugin.js'
import { pluginChoice } from './exec-plugin/plugin-call.js'
import { findKubeConfig, type FoundKubeConfig, type KubeConfigChoice } from './kubeconfig.js'
import { readKubeConfig } from './kubeconfig-files.js'

/** An API server, and how to be let in. */
export interface ApiServer {
  readonly url: URL
  /** Where that was found, as people say it: `/home/ada/.kube/config of ada, who called sudo`. */
  readonly origin: string
  /** The one that the context means where none is named. */
  readonly namespace: string
  /** Whether the way goes through a proxy that the kubeconfig names. */
  readonly proxied: boolean
  /** The context that names it; undefined where no kubeconfig does. */
  readonly context: string | undefined
  /** Gives the credentials as they are now. Rejects with an `ApiError`. */
  readonly credentials: (signal: AbortSignal) => Promise<Credentials>
  /** Takes note that the server did not take them, and says whether there may be others to try. */
  readonly refused: (credentials: Credentials) => boolean
}

const toBase64 = (text: string): string => Buffer.from(text).toString('base64')

const contextOf = ({ config, origin }: FoundKubeConfig, wanted: string | undefined): Context => {
  const known = config.contexts.map(each => each.name)
  const cure = `choose one with --context: ${known.length === 0 ? 'but there are none' : known.join(', ')}`
  const name = wanted ?? config.currentContext
  if (!name) throw new Failure('usage', `${origin} names no current context`, { cure })
  const context = config.contexts.find(each => each.name === name)
  if (!context) throw new Failure('usage', `${origin} has no context ${JSON.stringify(name)}`, { cure })
  return context
}

const partsOf = ({ config, origin }: FoundKubeConfig, context: Context): { cluster: Cluster; user: User } => {
  const cluster = config.clusters.find(each => each.name === context.cluster)
  const user = context.user ? config.users.find(each => each.name === context.user) : { name: 'nobody' }
  if (cluster && user) return { cluster, user }
  const missing = cluster ? `user ${context.user}` : `cluster ${context.cluster}`
  throw new Failure('usage', `${origin} has no ${missing}, which its context ${context.name} names`, {
    cure: 'correct the file, or choose another context with --context',
  })
}

const urlOf = (text: string, where: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url
  throw new Failure('usage', `${where} names the API server ${JSON.stringify(text)}, which is no URL`, {
    cure: 'write it as https://192.0.2.1:6443 or http://localhost:8001',
  })
}

const checkFiles = async (
  paths: readonly (string | undefined)[],
  choice: KubeConfigChoice,
): Promise<void> => {
  for (const path of paths)
    if (path && (await readKubeConfig(path, choice.readFile)) === undefined)
      throw new Failure('usage', `there is no file ${path}, which the kubeconfig names`, {
        cure: 'correct the kubeconfig, or name another one with --kubeconfig',
      })
}

const configOf = (cluster: Cluster, user: User): KubeConfig => {
  const config = new KubeConfig()
  config.loadFromClusterAndUser(cluster, user)
  return config
}

interface PluginSurroundings {
  readonly choice: KubeConfigChoice
  readonly origin: string
  /** What the kubeconfig says of the cluster to plugins alone. */
  readonly config: unknown
}

/** How credentials come from the exec plugin of `user`. */
const pluginCredentials = async (
  cluster: Cluster,
  user: User,
  { choice: { plugins, readFile }, origin, config }: PluginSurroundings,
): Promise<Pick<ApiServer, 'credentials' | 'refused'>> => {
  const { server, tlsServerName, skipTLSVerify, caFile, caData, proxyUrl } = cluster
  const ca = caData ?? (caFile === undefined ? undefined : toBase64((await readFile(caFile)) ?? ''))
  const told = { server: server.replace(/\/$/, ''), tlsServerName, skipTLSVerify, ca, proxyUrl, config }
  const plugin = new ExecPlugin(pluginChoice(user.exec, { cluster: told, origin }), {
    ...plugins,
    make: ({ token, certificate }) => {
      const given: User = {
        name: user.name,
        ...(token !== undefined && { token }),
        ...(certificate && {
          certData: toBase64(certificate.cert),
          keyData: toBase64(certificate.key),
        }),
        ...(user.impersonateUser !== undefined && { impersonateUser: user.impersonateUser }),
      }
      return credentials({ config: configOf(cluster, given), tokenFile: undefined, readFile })
    },
  })
  return { credentials: signal => plugin.get(signal), refused: made => plugin.refused(made) }
}

/**
 * Finds the API server and the credentials for it, without asking it anything. Throws a `Failure` that names the
 * file and what is wrong with it.
 */
export const findApiServer = async (choice: KubeConfigChoice): Promise<ApiServer> => {
  const { master, readFile } = choice
  const found = await findKubeConfig(choice)
  const context = contextOf(found, choice.context)
  const { cluster, user } = partsOf(found, context)
  const url = urlOf(master ?? cluster.server, master === undefined ? found.origin : '--master')
  const tokenFile = found.tokenFiles.get(user.name)
  await checkFiles([cluster.caFile, user.certFile, user.keyFile, tokenFile], choice)
  // client-node speaks http:// only where it need not verify anything.
  const skipTLSVerify = cluster.skipTLSVerify || url.protocol === 'http:'
  const asked = { ...cluster, server: url.href, skipTLSVerify }
  const { origin } = found
  return {
    ...{ url, origin, proxied: Boolean(cluster.proxyUrl) },
    namespace: context.namespace ?? 'default',
    context: found.named === 'by a context' ? context.name : undefined,
    ...(user.exec
      ? await pluginCredentials(asked, user, {
          choice,
          origin,
          config: found.pluginConfigs.get(cluster.name),
        })
      : {
          credentials: () => credentials({ config: configOf(asked, user), tokenFile, readFile }),
          refused: () => false,
        }),
  }
}
