import type { SqlClient } from "@effect/sql"
import type { PgClient } from "@effect/sql-pg"
import { Effect, Stream } from "effect"
import { eventsChannel } from "../EventLog.ts"

/**
 * Calls back soon after events were committed, mostly: a line that breaks falls silent and tells
 * nobody, so it is opened anew every half minute, and nobody may rely on it.
 */
export const onHint = (sql: SqlClient.SqlClient, call: Effect.Effect<unknown>) => {
  const { listen } = sql as PgClient.PgClient
  return listen(eventsChannel).pipe(
    Stream.runForEach(() => call),
    Effect.timeout("30 seconds"),
    Effect.catchAllCause(() => Effect.sleep("1 second")),
    Effect.forever,
  )
}
