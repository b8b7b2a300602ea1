import type { ApiObject } from '../../lib/sandbox/api-object.js'
import { handMade } from '../services/slice.js'
import type { Stage } from '../services/stage.js'
import { gone } from './faults.js'
import { type LoopDelay, loopDelay, probed, startIdle } from './loop/delay.js'
import { type FaultStage, startFaultStage } from './stage.js'

/** The most that the API lets a slice have. */
const perSlice = 1000

const slices = 10

/** What `big` has in all. */
export const manyEndpoints = slices * perSlice

const bigSlice = (index: number, generation: number): ApiObject =>
  handMade({
    ...{ name: `big-${index}`, service: 'big' },
    endpoints: Array.from({ length: perSlice }, (_, at) => ({
      addresses: [`10.${245 + (generation % 2)}.${index * 4 + (at >> 8)}.${at & 255}`],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: 'somewhere',
    })),
  })

/** A cluster with a Service that is served, `web`, and one with 10,000 endpoints, `big`, of which none is there. */
export class ManyEndpoints {
  readonly it: FaultStage
  readonly #idle: number
  #generation = 0

  constructor(it: FaultStage, idle: number) {
    this.it = it
    this.#idle = idle
  }

  get stage(): Stage {
    return this.it.stage
  }

  /** Gives `big` 10,000 others. */
  change(): void {
    this.#generation += 1
    for (let index = 0; index < slices; index++)
      this.stage.objects.update('endpointslices', bigSlice(index, this.#generation))
  }

  /** Makes kube-portal list all slices anew, and resolves when it has. */
  async relist(): Promise<void> {
    const { portal, unruly } = this.it
    const from = portal.now()
    unruly.spoil(/\/endpointslices\?watch=true/, gone)
    unruly.end('endpointslices')
    await this.it.listed('endpointslices', from)
    unruly.behave()
  }

  /** What kube-portal's event loop was like since the last look, and one beside it that has nothing to do. */
  async look(): Promise<{ readonly portal: LoopDelay; readonly idle: LoopDelay }> {
    const [portal, idle] = [await loopDelay(this.it.portal.pid ?? 0), await loopDelay(this.#idle)]
    return { portal, idle }
  }
}

/** Starts it; it ends with the tests. */
export const startManyEndpoints = async (): Promise<ManyEndpoints> => {
  const it = await startFaultStage({ runner: probed })
  const { stage } = it
  await stage.deploy('web')
  stage.expose('web')
  stage.objects.create('services', {
    metadata: { name: 'big', namespace: 'default' },
    spec: { ports: [{ port: 80 }] },
  })
  for (let index = 0; index < slices; index++) stage.objects.create('endpointslices', bigSlice(index, 0))
  await stage.synced()
  return new ManyEndpoints(it, await startIdle())
}
