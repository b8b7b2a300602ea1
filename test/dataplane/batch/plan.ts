import fc from 'fast-check'
import { slices } from '../cases.js'

/** How a side reads. 'last': nothing, until all connections without such a side are over. */
export type Pace = { readonly kind: 'quick' | 'last' } | { readonly kind: 'resting'; readonly turns: number }

/** What is to happen on one connection. */
export interface Plan {
  readonly sent: readonly number[]
  readonly received: readonly number[]
  readonly over: (typeof waysToEnd)[number]
  readonly client: Pace
  readonly endpoint: Pace
}

const waysToEnd = [
  ...(['client ends first', 'endpoint ends first', 'both end'] as const),
  ...(['reset by client', 'reset by endpoint'] as const),
]

const pace: fc.Arbitrary<Pace> = fc.oneof(
  { weight: 12, arbitrary: fc.constant({ kind: 'quick' as const }) },
  { weight: 7, arbitrary: fc.record({ kind: fc.constant('resting' as const), turns: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'last' as const }) },
)

/** More than the kernel takes for somebody who does not read: some of it has to wait in the proxy. */
const flood = 5_000_000

const flooding = (slices: readonly number[], reader: Pace): readonly number[] =>
  reader.kind === 'last' ? [flood, ...slices] : slices

export const plan: fc.Arbitrary<Plan> = fc
  .record({
    sent: slices,
    received: slices,
    over: fc.constantFrom(...waysToEnd),
    client: pace,
    endpoint: pace,
  })
  .map(({ sent, received, ...plan }) => ({
    ...plan,
    sent: flooding(sent, plan.endpoint),
    received: flooding(received, plan.client),
  }))

export const isLast = ({ client, endpoint }: Plan): boolean =>
  client.kind === 'last' || endpoint.kind === 'last'
