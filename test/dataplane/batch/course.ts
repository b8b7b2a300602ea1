import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Disconnected } from '../../../lib/model/traffic-event.js'
import { total } from '../cases.js'
import { bytes } from '../stage.js'
import { writeSlices } from '../write-slices.js'
import type { Plan } from './plan.js'
import { Taken } from './taken.js'

/** Both ends of a connection through the proxy, and what is to happen on it. */
export interface Line {
  readonly plan: Plan
  readonly client: Socket
  readonly endpoint: Socket
  /** Of what the client sends; the endpoint's has the other sign. */
  readonly seed: number
  /** Bytes that the client has sent before. */
  readonly greeting: number
  /** See `Taken`. */
  readonly othersOver: Promise<void>
}

/** Whether what the proxy says of a connection fits what happened on it. */
export type Fits = (said: Disconnected) => boolean

/** What happens on a line: all that each side sends, and what it receives. */
interface Course extends Line {
  readonly content: { readonly client: Buffer; readonly endpoint: Buffer }
  readonly taken: { readonly client: Taken; readonly endpoint: Taken }
}

/** So many bytes of which nothing is like another seed's. */
const content = (slices: readonly number[], seed: number): Buffer =>
  Buffer.alloc(total(slices), bytes(65_521, seed))

/** Does what is planned. Rejects when an end got anything but what it should. */
export const takeItsCourse = (line: Line): Promise<Fits> => {
  const { plan, client, endpoint, seed, othersOver } = line
  const course: Course = {
    ...line,
    content: { client: content(plan.sent, seed), endpoint: content(plan.received, -seed) },
    taken: {
      client: new Taken(client, plan.client, othersOver),
      endpoint: new Taken(endpoint, plan.endpoint, othersOver),
    },
  }
  return plan.over === 'reset by client' || plan.over === 'reset by endpoint'
    ? reset(course, plan.over)
    : end(course)
}

const check = (held: boolean, otherwise: string): void => {
  if (!held) throw new Error(otherwise)
}

const end = async ({ plan, client, endpoint, greeting, content, taken }: Course): Promise<Fits> => {
  const { sent, received, over } = plan
  const clientEnds = async (): Promise<void> => {
    if (over === 'endpoint ends first') await once(client, 'end')
    await writeSlices(client, sent, content.client)
    client.end()
  }
  const endpointEnds = async (): Promise<void> => {
    if (over === 'client ends first') await once(endpoint, 'end')
    await writeSlices(endpoint, received, content.endpoint)
    endpoint.end()
  }
  await Promise.all([clientEnds(), endpointEnds()])
  check((await taken.endpoint.fate) === 'ended', 'the endpoint saw no end')
  check((await taken.client.fate) === 'ended', 'the client saw no end')
  check(taken.endpoint.isAll(content.client), 'the endpoint got something else')
  check(taken.client.isAll(content.endpoint), 'the client got something else')
  return said =>
    said.how === 'ended' && said.sent === greeting + total(sent) && said.received === total(received)
}

const reset = async (
  { plan, client, endpoint, greeting, content, taken }: Course,
  how: 'reset by client' | 'reset by endpoint',
): Promise<Fits> => {
  const { sent, received } = plan
  const [resetter, victim] = how === 'reset by client' ? [client, taken.endpoint] : [endpoint, taken.client]
  const clientWrites = writeSlices(client, sent, content.client)
  const endpointWrites = writeSlices(endpoint, received, content.endpoint)
  await (resetter === client ? clientWrites : endpointWrites)
  resetter.resetAndDestroy()
  check((await victim.fate) !== 'ended', 'the reset was taken for an end')
  await Promise.all([clientWrites, endpointWrites])
  check(taken.endpoint.begins(content.client), 'the endpoint got something else')
  check(taken.client.begins(content.endpoint), 'the client got something else')
  return said =>
    said.how === how &&
    isBetween(said.sent - greeting, taken.endpoint.length, total(sent)) &&
    isBetween(said.received, taken.client.length, total(received))
}

const isBetween = (value: number, least: number, most: number): boolean => value >= least && value <= most
