import { Cause, Effect, Schedule } from "effect"
import type { SessionId } from "../../src/domain/Session.ts"
import { isDatabaseAway } from "../Postgres.ts"
import { hasLostLease, LeaseLost } from "./LeaseLost.ts"

const patience = Schedule.exponential("100 millis").pipe(
  Schedule.union(Schedule.spaced("2 seconds")),
)

/**
 * A database that is away only makes the session wait: it can do nothing without it. What the database
 * answers no to would be refused for ever: that is a defect at once.
 */
export const persistently =
  (session: SessionId) =>
  <E, R>(write: Effect.Effect<void, E, R>): Effect.Effect<void, LeaseLost, R> => {
    const attempt = write.pipe(
      Effect.sandbox,
      Effect.mapError((cause) =>
        hasLostLease(cause) ? new LeaseLost({ session }) : Cause.squash(cause),
      ),
    )
    return attempt.pipe(
      Effect.catchIf(isDatabaseAway, (away) =>
        Effect.logWarning("the database is away; the session waits for it", String(away)).pipe(
          Effect.zipRight(Effect.retry(attempt, { schedule: patience, while: isDatabaseAway })),
        ),
      ),
      Effect.catchAll((error) => (error instanceof LeaseLost ? error : Effect.die(error))),
    )
  }
