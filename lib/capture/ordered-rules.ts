import type { OwnPods } from '../model/own-pods.js'
import { clientsOf, type Portal } from '../model/portal.js'
import type { CapturedPortal } from './capture.js'
import { placeOf } from './place.js'
import { captureRules } from './portal-rules.js'
import type { Rule } from './rule.js'
import type { PlacedRules } from './split.js'
import type { Target } from './target.js'

/** A portal's rules, and which of all portals' come first. */
export interface OrderedRules extends PlacedRules {
  /** By place; for one place, in the order in which rules are to be tried. */
  readonly order: string
}

// For whoever is not an insider, no rule says so: it stands behind theirs.
const turns = { insiders: 0, everybody: 1, outsiders: 2 } as const

/** The portal's `rules`, if there are any. */
export const ordered = (
  { portal, servicePort }: CapturedPortal,
  rules: readonly Rule[],
): OrderedRules | undefined => {
  if (rules.length === 0) return undefined
  const place = placeOf(portal, servicePort.protocol)
  return { place, order: `${place}${turns[clientsOf(portal)]}`, rules }
}

interface Memory {
  readonly captured: CapturedPortal
  readonly ownPods: OwnPods
  readonly target: Target
  readonly made: OrderedRules | undefined
}

/** As the portals of a Service that did not change stay the same objects, so do their rules: 10,000 of them cost 25 ms. */
const memories = new WeakMap<Portal, Memory>()

const isRight = (
  { captured: before, ...memory }: Memory,
  captured: CapturedPortal,
  ownPods: OwnPods,
): boolean =>
  before.localPort === captured.localPort &&
  before.verdict === captured.verdict &&
  before.family === captured.family &&
  before.servicePort === captured.servicePort &&
  (memory.ownPods === ownPods || clientsOf(captured.portal) !== 'insiders')

/** What `captureRules` says, in order. */
export const orderedCaptures = (
  captured: CapturedPortal,
  ownPods: OwnPods,
  target: Target,
): OrderedRules | undefined => {
  const memory = memories.get(captured.portal)
  if (memory?.target === target && isRight(memory, captured, ownPods)) return memory.made
  const made = ordered(captured, captureRules(captured, ownPods, target))
  memories.set(captured.portal, { captured, ownPods, target, made })
  return made
}
