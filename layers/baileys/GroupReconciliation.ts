import { Effect, Random } from "effect"
import type { GroupHints } from "./GroupHints.ts"
import { every } from "./OnDemand.ts"

/** In milliseconds. One answer holds every group with all of its members: too dear for minutes. */
export const reconcileEvery = 4 * 60 * 60 * 1000

/**
 * Has all groups fetched again every now and then while the connection lasts: what no notification
 * told is healed by that at the latest. Many sessions do not do so at the same moment.
 */
export const keepReconciled = (hints: GroupHints, period: number) =>
  Effect.flatMap(Random.nextRange(0.75 * period, 1.25 * period), (millis) =>
    every(millis, hints.hintAll),
  )
