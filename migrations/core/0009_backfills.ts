import { SqlClient } from "@effect/sql"
import { Effect } from "effect"

/** The last time that everything of a session was fetched again because somebody asked for it. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`ALTER TABLE sessions ADD COLUMN backfill jsonb`
})
