import { Cause, Chunk, Effect, Option, Queue, Schedule } from "effect"
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
  const queue = yield* Queue.unbounded<Sighting>()
  let hasBegun = false
  let isOver = false

  const store = (seen: Chunk.Chunk<Sighting>) =>
    sightings.store(organization, session, Chunk.toReadonlyArray(seen)).pipe(
      Effect.sandbox,
      Effect.retry({ schedule: attempts, while: (cause) => !hasLostLease(cause) }),
      // Until then nobody else has them: WhatsApp was told that they arrived.
      Effect.retry({
        schedule: Schedule.spaced("1 second"),
        while: (cause) => !isOver && isAway(cause),
      }),
      Effect.catchAll((cause) => Effect.logError("sightings were not stored", cause)),
    )
  const some = Effect.uninterruptible(
    Effect.tap(Queue.takeUpTo(queue, most), (seen) =>
      Chunk.isEmpty(seen) ? Effect.void : store(seen),
    ),
  )
  const rest = Effect.flatMap(Queue.takeAll(queue), (seen) =>
    Effect.forEach(Chunk.chunksOf(seen, most), store),
  )
  yield* Effect.addFinalizer(() => rest)
  const wake = yield* onDemand(Effect.suspend(() => Effect.repeat(some, { until: Chunk.isEmpty })))
  yield* atEnd(Effect.sync(() => (isOver = true)))

  const waiting = () =>
    Math.max(
      0,
      Option.getOrElse(queue.unsafeSize(), () => 0),
    )
  const ingest: Ingest = {
    offer: (seen) => {
      seen.forEach((sighting) => queue.unsafeOffer(sighting))
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
