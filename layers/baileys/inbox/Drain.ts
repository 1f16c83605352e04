import { Array, Cause, Effect, Schedule } from "effect"
import type { OrganizationId } from "../../../src/domain/Organization.ts"
import type { SessionId } from "../../../src/domain/Session.ts"
import type { Sighting } from "../../../src/domain/Sighting.ts"
import { Sightings } from "../../../src/ports/Sightings.ts"
import { Tenancy } from "../../../src/ports/Tenancy.ts"
import { isDatabaseAway } from "../../Postgres.ts"
import { hasLostLease } from "../../sessions/LeaseLost.ts"
import { atEnd } from "../AtEnd.ts"
import type { WASocket } from "../Vendor.ts"
import { every, onDemand } from "../OnDemand.ts"
import { hasAftermath, makeAftermath } from "./Aftermath.ts"
import { InboxRows, type OpenLetter } from "./InboxRows.ts"
import { messagesIn, type Recipient, sightingsOf } from "./Reading.ts"

/** Letters per transaction. */
const most = 100

/** A letter that still fails then has something wrong with it; it is kept, and said why. */
const attempts = Schedule.intersect(Schedule.spaced("1 second"), Schedule.recurs(3))

/** In milliseconds. */
const cleanEvery = 600_000

const patience = Schedule.union(Schedule.exponential("200 millis"), Schedule.spaced("5 seconds"))

export interface Drain {
  /** Something has come in. */
  readonly wake: () => void
  /** The connection is open: does what an earlier process could not. */
  readonly follow: (library: WASocket) => void
}

/**
 * Turns what was received into rows, oldest first, and marks it as taken in the same commit: each
 * letter counts once, however often the process dies. Starts with what an earlier process left.
 */
export const makeDrain = Effect.fnUntraced(function* (
  organization: OrganizationId,
  session: SessionId,
  recipient: () => Recipient | undefined,
) {
  const rows = yield* InboxRows
  const { within } = yield* Tenancy
  let open: WASocket | undefined
  const newest = yield* rows.last(organization, session)
  const aftermath = makeAftermath(newest, (positions) =>
    rows.take(organization, session, positions).pipe(within(organization)),
  )
  const followUp = yield* onDemand(
    Effect.suspend(() => {
      const me = recipient()
      if (me === undefined || open === undefined) return Effect.void
      return Effect.catchAllCause(aftermath.follow(open, me), (cause) =>
        hasLostLease(cause) ? Effect.void : Effect.failCause(cause),
      )
    }),
  )
  const take = yield* makeTake(organization, session, recipient, {
    ...aftermath,
    add: (letters) => {
      aftermath.add(letters)
      if (letters.length > 0) followUp()
    },
  })

  const takeOrSetAside = (position: number) =>
    take(rows.openAt(organization, session, position)).pipe(
      Effect.sandbox,
      Effect.retry({ schedule: attempts, while: (cause) => !isAway(cause) }),
      Effect.catchAll((cause) =>
        isAway(cause)
          ? Effect.failCause(cause)
          : Effect.zipRight(
              Effect.logError("a letter of the inbox was set aside", cause),
              Effect.as(rows.setAside(organization, session, position, Cause.pretty(cause)), 1),
            ),
      ),
    )
  const takeOldest = Effect.gen(function* () {
    const position = yield* rows.oldest(organization, session, aftermath.waiting())
    return position === undefined ? 0 : yield* takeOrSetAside(position)
  })
  const opening = Effect.suspend(() => rows.open(organization, session, most, aftermath.waiting()))
  // Made when it is wanted: every session would keep it for nothing.
  const takeAll = Effect.suspend(() =>
    take(opening).pipe(
      Effect.catchAllCause((cause) => (isAway(cause) ? Effect.failCause(cause) : takeOldest)),
      Effect.repeat({ until: (taken) => taken === 0 }),
    ),
  )
  const drained = Effect.suspend(() =>
    takeAll.pipe(Effect.sandbox, Effect.retry(patience), Effect.ignore),
  )
  const clean = Effect.suspend(() =>
    Effect.ignoreLogged(Effect.sandbox(rows.clean(organization, session))),
  )
  yield* atEnd(
    Effect.suspend(() =>
      takeAll.pipe(Effect.timeout("5 seconds"), Effect.sandbox, Effect.ignoreLogged),
    ),
  )
  const wake = yield* onDemand(drained)
  if (newest > 0) wake()
  yield* every(cleanEvery, yield* onDemand(clean))

  const drain: Drain = {
    wake,
    follow: (library) => {
      open = library
      followUp()
    },
  }
  return drain
})

/** Takes in what opens; returns how many letters there were. */
const makeTake = Effect.fnUntraced(function* (
  organization: OrganizationId,
  session: SessionId,
  recipient: () => Recipient | undefined,
  aftermath: ReturnType<typeof makeAftermath>,
) {
  const rows = yield* InboxRows
  const sightings = yield* Sightings
  const { within } = yield* Tenancy

  return (opening: Effect.Effect<ReadonlyArray<OpenLetter>>) =>
    Effect.gen(function* () {
      const me = recipient()
      if (me === undefined) return 0
      const letters = yield* opening
      if (letters.length === 0) return 0
      const seen = letters.flatMap((one) => sightingsIn(one, me))
      // Even nothing: only the holder of the session gets past it.
      yield* sightings.store(organization, session, seen)
      const [done, waiting] = Array.partition(letters, ({ letter }) => hasAftermath(letter))
      if (done.length > 0) yield* rows.take(organization, session, done.map(positionOf))
      aftermath.add(waiting)
      return letters.length
    }).pipe(within(organization), Effect.uninterruptible)
})

const sightingsIn = ({ letter }: OpenLetter, me: Recipient): ReadonlyArray<Sighting> =>
  messagesIn(letter).flatMap((message) => sightingsOf(message, me))

const positionOf = ({ position }: OpenLetter) => position

/** Nothing is wrong with the letter: the database, this process or its right to the session is gone. */
const isAway = (cause: Cause.Cause<unknown>) =>
  Cause.isInterrupted(cause) ||
  hasLostLease(cause) ||
  [...Cause.defects(cause)].some(isDatabaseAway)
