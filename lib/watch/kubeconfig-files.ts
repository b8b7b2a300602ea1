import { dirname, isAbsolute, join } from 'node:path'
import { KubeConfig, loadYaml, type User } from '@kubernetes/client-node'
import { errorText } from '../model/error-text.js'
import { Failure } from '../model/failure.js'
import type { ReadFile } from './credentials.js'
import { field, isRaw, list, text } from './raw.js'

/** What kubeconfig files say together. */
export interface KubeConfigFiles {
  readonly config: KubeConfig
  /** The files that hold tokens, by the name of the user. */
  readonly tokenFiles: ReadonlyMap<string, string>
  /** What exec plugins are told of clusters beside the rest, by the name of the cluster. */
  readonly pluginConfigs: ReadonlyMap<string, unknown>
}

const broken = (path: string, problem: string, cause?: unknown): Failure =>
  new Failure('usage', `the kubeconfig ${path} ${problem}`, {
    cure: 'correct the file, or name another one with --kubeconfig',
    cause,
  })

/** The file's text. Throws a `Failure` when there is one that cannot be read. */
export const readKubeConfig = async (path: string, readFile: ReadFile): Promise<string | undefined> => {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new Failure('usage', `${path} cannot be read: ${errorText(cause)}`, {
      cure: 'run as a user who may read it, or name another kubeconfig with --kubeconfig',
      cause,
    })
  }
}

const parse = (path: string, content: string): unknown => {
  if (content.trim() === '') throw broken(path, 'is empty')
  try {
    return loadYaml<unknown>(content)
  } catch (cause) {
    throw broken(path, `is no YAML: ${errorText(cause).split(';')[0] ?? ''}`, cause)
  }
}

// client-node does not know the key that kubectl and kubelet use.
const tokenFilesIn = (document: unknown, folder: string): (readonly [string, string])[] =>
  list(field(document, 'users')).flatMap(user => {
    const name = text(field(user, 'name'))
    const file = text(field(user, 'user', 'tokenFile'))
    return name === undefined || file === undefined
      ? []
      : [[name, isAbsolute(file) ? file : join(folder, file)] as const]
  })

const pluginExtension = 'client.authentication.k8s.io/exec'

// Extensions are nothing that client-node keeps.
const pluginConfigsIn = (document: unknown): (readonly [string, unknown])[] =>
  list(field(document, 'clusters')).flatMap(cluster => {
    const name = text(field(cluster, 'name'))
    const config = list(field(cluster, 'cluster', 'extensions')).find(
      each => field(each, 'name') === pluginExtension,
    )
    return name === undefined || config === undefined ? [] : [[name, field(config, 'extension')] as const]
  })

/** The same user, whose exec plugin is where the kubeconfig's `folder` says, as kubectl has it: a bare name is no path. */
const withPluginIn = (folder: string, user: User): User => {
  const command = text(field(user.exec, 'command')) ?? ''
  return !command.includes('/') || isAbsolute(command) || !isRaw(user.exec)
    ? user
    : { ...user, exec: { ...user.exec, command: join(folder, command) } }
}

const readOne = (path: string, content: string): KubeConfigFiles => {
  const document = parse(path, content)
  if (!isRaw(document)) throw broken(path, 'is no kubeconfig')
  const config = new KubeConfig()
  try {
    config.loadFromString(content)
  } catch (cause) {
    throw broken(path, `is not valid: ${errorText(cause)}`, cause)
  }
  const folder = dirname(path)
  config.makePathsAbsolute(folder)
  config.users = config.users.map(user => withPluginIn(folder, user))
  return {
    config,
    tokenFiles: new Map(tokenFilesIn(document, folder)),
    pluginConfigs: new Map(pluginConfigsIn(document)),
  }
}

/** All of them, the first of each name. */
const firstOfEach = <Named extends { readonly name: string }>(all: readonly Named[]): Named[] =>
  all.filter(({ name }, index) => all.findIndex(each => each.name === name) === index)

/**
 * Reads kubeconfigs as kubectl merges them: of two things of one name the first counts. Throws a `Failure` that
 * names the file.
 */
export const mergedKubeConfig = (files: ReadonlyMap<string, string>): KubeConfigFiles => {
  const read = [...files].map(([path, content]) => readOne(path, content))
  const configs = read.map(each => each.config)
  const config = new KubeConfig()
  config.loadFromOptions({
    clusters: firstOfEach(configs.flatMap(each => each.clusters)),
    contexts: firstOfEach(configs.flatMap(each => each.contexts)),
    users: firstOfEach(configs.flatMap(each => each.users)),
    currentContext: configs.find(each => each.currentContext)?.currentContext,
  })
  const inReverse = read.toReversed()
  return {
    config,
    tokenFiles: new Map(inReverse.flatMap(each => [...each.tokenFiles])),
    pluginConfigs: new Map(inReverse.flatMap(each => [...each.pluginConfigs])),
  }
}
