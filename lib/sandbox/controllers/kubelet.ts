import { errorText } from '../../model/error-text.js'
import type { Alarm, Clock } from '../../model/clock.js'
import type { Milliseconds } from '../../model/milliseconds.js'
import { port } from '../../model/port.js'
import type { ApiObject } from '../api-object.js'
import { textAt } from '../json.js'
import type { ObjectChange, Objects } from '../objects.js'
import type { ServedPod } from '../pods/messages.js'
import type { Moment } from './condition.js'
import { type Controller, keyOf, partsOf } from './controller.js'
import { nodeNamed } from './node.js'
import { containerPorts, isActive, isTerminating } from './pod.js'
import { PodAddresses } from './pod-addresses.js'
import { failedStatus, type Place, runningStatus } from './pod-status.js'

/** While it has this annotation, a pod that was told to go stays and serves. */
export const lingerAnnotation = 'sandbox.kube-portal.dev/linger'

export interface KubeletOptions {
  /** Who serves; a `PodHost`. */
  readonly pods: {
    serve(pod: ServedPod): Promise<void>
    stop(uid: string): Promise<void>
  }
  readonly clock: Clock
  /** As the API writes it. */
  readonly now: () => string
  /** How long a pod that was told to go still serves, whatever grace it asks for. */
  readonly grace: Milliseconds
  readonly onTrouble: (error: unknown) => void
}

/** A pod that serves, or is about to. */
interface Run {
  readonly key: string
  readonly uid: string
  readonly place: Place
  readonly started: Promise<void>
  serving: boolean
  ending?: Alarm
}

const servedPorts = (pod: ApiObject): ServedPod['ports'] =>
  containerPorts(pod).flatMap(({ protocol, port: number }) =>
    protocol === 'TCP' || protocol === 'UDP' ? [{ protocol, port: port(number) }] : [],
  )

/** Runs the pods of all Nodes: serves their ports, says in their status that it does, and ends them. */
export class Kubelet implements Controller {
  readonly #objects: Objects
  readonly #options: KubeletOptions
  readonly #addresses = new PodAddresses()
  readonly #runs = new Map<string, Run>()

  constructor(objects: Objects, options: KubeletOptions) {
    this.#objects = objects
    this.#options = options
  }

  dirtiedBy({ resource, object }: ObjectChange): readonly string[] {
    return resource === 'pods' ? [keyOf(object.metadata)] : []
  }

  reconcile(key: string): void {
    const pod = this.#objects.get('pods', ...partsOf(key))
    const run = this.#runOf(key, pod)
    if (!pod) return
    if (run?.serving) this.#write({ ...pod, status: runningStatus(pod, run.place, this.#moment()) })
    if (isTerminating(pod)) this.#end(pod, run)
    else if (!run && isActive(pod)) this.#start(key, pod)
  }

  /** Writes no more. The pods go on: who serves them ends them. */
  close(): void {
    for (const { ending } of this.#runs.values()) ending?.cancel()
    this.#runs.clear()
  }

  /** What runs of `pod`. Something else with its name was removed without grace, and ends now. */
  #runOf(key: string, pod: ApiObject | undefined): Run | undefined {
    const run = this.#runs.get(key)
    if (!run || run.uid === pod?.metadata.uid) return run
    this.#runs.delete(key)
    run.ending?.cancel()
    this.#stop(run).catch(this.#options.onTrouble)
    return undefined
  }

  #start(key: string, pod: ApiObject): void {
    const node = nodeNamed(this.#objects, textAt(pod, 'spec', 'nodeName'))
    if (!node) return
    const { name, uid = '' } = pod.metadata
    const ports = servedPorts(pod)
    const addresses = this.#addresses.take(node.podCidrs)
    const started = this.#options.pods.serve({ uid, name, addresses, ports })
    const run: Run = { key, uid, place: { addresses, hosts: node.addresses }, started, serving: false }
    this.#runs.set(key, run)
    const served = (): void => {
      run.serving = true
      this.reconcile(key)
    }
    const failed = (error: unknown): void => {
      this.#addresses.release(addresses)
      if (this.#runs.get(key) !== run) return
      this.#runs.delete(key)
      const current = this.#objects.get('pods', ...partsOf(key))
      if (current) this.#write({ ...current, status: failedStatus(current, errorText(error)) })
    }
    started.then(served, failed).catch(this.#options.onTrouble)
  }

  #end(pod: ApiObject, run: Run | undefined): void {
    if (pod.metadata.annotations?.[lingerAnnotation] === 'true') return
    const { namespace = '', name } = pod.metadata
    const remove = (): void => this.#objects.remove('pods', namespace, name)
    if (!run) {
      remove()
      return
    }
    const { clock, grace, onTrouble } = this.#options
    run.ending ??= clock.after(grace, () => {
      const removeIt = (): void => {
        if (this.#runs.get(run.key) !== run) return
        this.#runs.delete(run.key)
        remove()
      }
      this.#stop(run).then(removeIt).catch(onTrouble)
    })
  }

  async #stop({ started, uid, place }: Run): Promise<void> {
    await started.catch(() => undefined)
    await this.#options.pods.stop(uid)
    this.#addresses.release(place.addresses)
  }

  #write(pod: ApiObject): void {
    this.#objects.update('pods', pod)
  }

  #moment(): Moment {
    return { now: this.#options.now() }
  }
}
