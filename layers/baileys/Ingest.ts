import { Cause, Chunk, Effect, Schedule } from "effect"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId } from "../../src/domain/Session.ts"
import type { Sighting } from "../../src/domain/Sighting.ts"
import { Sightings } from "../../src/ports/Sightings.ts"
import { isDatabaseAway } from "../Postgres.ts"
import { hasLostLease } from "../sessions/LeaseLost.ts"
import { atEnd } from "./AtEnd.ts"
import { onDemand } from "./OnDemand.ts"

/** Sightings per transaction. */
const most = 500

/** What still fails then while the database answers has something wrong with it. */
const attempts = Schedule.intersect(Schedule.exponential("200 millis"), Schedule.recurs(4))

export interface Ingest {
  readonly offer: (seen: ReadonlyArray<Sighting>) => void
  /** Lets them in: groups go first, so that members' tags find them. */
  readonly begin: Effect.Effect<unknown>
  /** How many are not stored yet. */
  readonly waiting: () => number
  /** How many of those are let in. */
  readonly letIn: () => number
}

/**
 * Stores what a connection sees, in order, however long the database is away. What is still waiting
 * when the scope closes is stored, too, but then not waited for any longer than a few seconds.
 */
export const makeIngest = Effect.fnUntraced(function* (
  organization: OrganizationId,
  session: SessionId,
) {
  const sightings = yield* Sightings
  const queue: Array<Sighting> = []
  let hasBegun = false
  let isOver = false

  const store = (seen: ReadonlyArray<Sighting>) =>
    sightings.store(organization, session, seen).pipe(
      Effect.sandbox,
      Effect.retry({ schedule: attempts, while: (cause) => !hasLostLease(cause) }),
      // Until then nobody else has them: WhatsApp was told that they arrived.
      Effect.retry({
        schedule: Schedule.spaced("1 second"),
        while: (cause) => !isOver && isAway(cause),
      }),
      Effect.catchAll((cause) => Effect.logError("sightings were not stored", cause)),
    )
  const some = Effect.suspend(() => {
    const seen = queue.splice(0, most)
    return seen.length === 0 ? Effect.void : store(seen)
  })
  const all = Effect.suspend(() =>
    Effect.whileLoop({
      while: () => queue.length > 0,
      body: () => Effect.uninterruptible(some),
      step: () => {},
    }),
  )
  yield* atEnd(all)
  const wake = yield* onDemand(all)
  yield* atEnd(Effect.sync(() => (isOver = true)))

  const waiting = () => queue.length
  const ingest: Ingest = {
    offer: (seen) => {
      for (const sighting of seen) queue.push(sighting)
      if (hasBegun && seen.length > 0) wake()
    },
    begin: Effect.sync(() => {
      hasBegun = true
      wake()
    }),
    waiting,
    letIn: () => (hasBegun ? waiting() : 0),
  }
  return ingest
})

const isAway = (cause: Cause.Cause<unknown>) => Chunk.some(Cause.defects(cause), isDatabaseAway)
