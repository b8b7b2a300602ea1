import { readFile } from 'node:fs/promises'
import {
  KubeConfig,
  KubernetesObjectApi,
  type KubernetesObject,
  loadAllYaml,
  PatchStrategy,
} from '@kubernetes/client-node'

const isObject = (value: unknown): value is KubernetesObject =>
  typeof value === 'object' && value !== null && 'kind' in value

/** The cluster as any client sees it: through its API. */
export class Cluster {
  readonly #api: KubernetesObjectApi

  constructor(kubeconfig: string) {
    const config = new KubeConfig()
    config.loadFromString(kubeconfig)
    this.#api = KubernetesObjectApi.makeApiClient(config)
  }

  /** Creates all objects of a YAML file, as `kubectl create -f` does. Resolves with what the API made of them. */
  async createAll(file: string): Promise<readonly KubernetesObject[]> {
    const created: KubernetesObject[] = []
    for (const object of loadAllYaml(await readFile(file, 'utf8')))
      if (isObject(object)) created.push(await this.#api.create(object))
    return created
  }

  /** Changes some fields of an object and leaves the others. */
  async patch(object: KubernetesObject & { readonly spec: object }): Promise<void> {
    await this.#api.patch(object, undefined, undefined, undefined, undefined, PatchStrategy.MergePatch)
  }

  async remove(object: KubernetesObject): Promise<void> {
    await this.#api.delete(object)
  }
}
