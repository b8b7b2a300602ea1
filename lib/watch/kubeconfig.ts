import { join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'
import { Failure } from '../model/failure.js'
import type { ReadFile } from './credentials.js'
import type { PluginParts } from './exec-plugin/exec-plugin.js'
import { type KubeConfigFiles, mergedKubeConfig, readKubeConfig } from './kubeconfig-files.js'

/** Where a kubeconfig may come from. */
export interface KubeConfigChoice {
  /** `--kubeconfig`. */
  readonly kubeconfig?: string | undefined
  /** `--context`. */
  readonly context?: string | undefined
  /** `--master`: the API server's URL, in place of the kubeconfig's. */
  readonly master?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  /** Our user's home. */
  readonly home?: string | undefined
  /** Who called us through sudo, and that user's home. */
  readonly sudo?: { readonly user: string; readonly home: string } | undefined
  readonly readFile: ReadFile
  /** How exec plugins are run. */
  readonly plugins: PluginParts
}

/** A kubeconfig that was found. */
export interface FoundKubeConfig extends KubeConfigFiles {
  /** Where it is, as people say it: `/home/ada/.kube/config of ada, who called sudo`. */
  readonly origin: string
  /** Where its one cluster has been made up, there is no context that anybody knows. */
  readonly named: 'by a context' | 'by nobody'
}

const account = '/var/run/secrets/kubernetes.io/serviceaccount'

const readAll = async (paths: readonly string[], readFile: ReadFile): Promise<Map<string, string>> => {
  const files = new Map<string, string>()
  for (const path of paths) {
    const content = await readKubeConfig(path, readFile)
    if (content !== undefined) files.set(path, content)
  }
  return files
}

const named = async (paths: readonly string[], by: string, readFile: ReadFile): Promise<FoundKubeConfig> => {
  const files = await readAll(paths, readFile)
  if (files.size === 0)
    throw new Failure('usage', `there is no kubeconfig ${paths.join(' or ')}, named by ${by}`, {
      cure: `name the kubeconfig of your cluster with --kubeconfig FILE`,
    })
  return {
    ...mergedKubeConfig(files),
    origin: `${[...files.keys()].join(', ')} (${by})`,
    named: 'by a context',
  }
}

const inHomes = async ({ home, sudo, readFile }: KubeConfigChoice): Promise<FoundKubeConfig | undefined> => {
  const homes = [
    ...(sudo ? [{ folder: sudo.home, whose: ` of ${sudo.user}, who called sudo` }] : []),
    ...(home === undefined
      ? []
      : [{ folder: home, whose: sudo ? ` of root, as ${sudo.user}, who called sudo, has none` : '' }]),
  ]
  for (const { folder, whose } of homes) {
    const path = join(folder, '.kube', 'config')
    const files = await readAll([path], readFile)
    if (files.size > 0) return { ...mergedKubeConfig(files), origin: path + whose, named: 'by a context' }
  }
  return undefined
}

const one = (server: string, tokenFile: string | undefined): KubeConfigFiles => {
  const config = new KubeConfig()
  const cluster = { name: 'cluster', server, skipTLSVerify: false }
  config.loadFromClusterAndUser(
    tokenFile === undefined ? cluster : { ...cluster, caFile: `${account}/ca.crt` },
    { name: 'user' },
  )
  return {
    config,
    tokenFiles: new Map(tokenFile === undefined ? [] : [['user', tokenFile]]),
    pluginConfigs: new Map(),
  }
}

const inCluster = async ({
  env,
  master,
  readFile,
}: KubeConfigChoice): Promise<FoundKubeConfig | undefined> => {
  const tokenFile = `${account}/token`
  const host = env.KUBERNETES_SERVICE_HOST ?? ''
  if ((host === '' && master === undefined) || (await readFile(tokenFile)) === undefined) return undefined
  const authority = host.includes(':') ? `[${host}]` : host
  const server = master ?? `https://${authority}:${env.KUBERNETES_SERVICE_PORT ?? '443'}`
  return { ...one(server, tokenFile), origin: "the pod's service account", named: 'by nobody' }
}

/**
 * Finds the kubeconfig: `--kubeconfig`, else KUBECONFIG, else in the home of whoever called sudo, else in ours, else
 * the pod's service account, else what `--master` alone makes. Throws a `Failure` when there is none.
 */
export const findKubeConfig = async (choice: KubeConfigChoice): Promise<FoundKubeConfig> => {
  const { kubeconfig, env, master, readFile } = choice
  if (kubeconfig !== undefined) return named([kubeconfig], '--kubeconfig', readFile)
  const listed = (env.KUBECONFIG ?? '').split(':').filter(path => path !== '')
  if (listed.length > 0) return named(listed, 'KUBECONFIG', readFile)
  const found = (await inHomes(choice)) ?? (await inCluster(choice))
  if (found) return found
  if (master !== undefined) return { ...one(master, undefined), origin: '--master', named: 'by nobody' }
  throw new Failure('usage', 'there is no kubeconfig, so no way to know where the API server is', {
    cure: 'name one with --kubeconfig FILE or KUBECONFIG, or the server with --master URL',
  })
}
