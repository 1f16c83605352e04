import { Effect, Random } from "effect"
import type { GroupHints } from "./GroupHints.ts"
import { every, once } from "./OnDemand.ts"

export interface Reconciliation {
  /** How long after a login at the latest, in milliseconds; default: 5 minutes. */
  readonly reconcileAfter?: number
  /** How often then, in milliseconds; default: 4 h. One answer holds every group with all of its members. */
  readonly reconcileEvery?: number
}

const minute = 60_000

/**
 * Has all groups fetched again every now and then while the connection lasts, and some time after a
 * login that did not fetch them: what no notification told is healed by that at the latest. Many
 * sessions do not do so at the same moment, nor while they all log in.
 */
export const keepReconciled = Effect.fnUntraced(function* (
  { hintAll }: GroupHints,
  { hasGroups }: { readonly hasGroups: boolean },
  { reconcileAfter = 5 * minute, reconcileEvery = 240 * minute }: Reconciliation,
) {
  yield* every(yield* Random.nextRange(0.75 * reconcileEvery, 1.25 * reconcileEvery), hintAll)
  if (!hasGroups) return
  yield* once(yield* Random.nextRange(0.2 * reconcileAfter, reconcileAfter), hintAll)
})
