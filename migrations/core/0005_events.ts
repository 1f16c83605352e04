import { SqlClient } from "@effect/sql"
import { Effect } from "effect"
import { tenantTable } from "../tenantTable.ts"

/**
 * One log per organization. A position is given out under the lock of the organization's head, which
 * is held until commit: whoever has read up to a position has missed nothing before it.
 */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE event_heads (
      organization_id text PRIMARY KEY REFERENCES organizations ON DELETE CASCADE,
      position bigint NOT NULL
    )`
  yield* tenantTable("event_heads")

  // No reference to the session: what it has told stays when it is gone.
  yield* sql`
    CREATE TABLE events (
      organization_id text NOT NULL REFERENCES organizations ON DELETE CASCADE,
      position bigint NOT NULL,
      event_id text NOT NULL,
      event text NOT NULL,
      session_id text NOT NULL,
      created_at bigint NOT NULL,
      payload jsonb NOT NULL,
      PRIMARY KEY (organization_id, position)
    )`
  yield* sql`CREATE INDEX events_session ON events (session_id)`
  yield* tenantTable("events")

  yield* sql`
    CREATE TABLE event_consumers (
      organization_id text NOT NULL REFERENCES organizations ON DELETE CASCADE,
      consumer text NOT NULL,
      position bigint NOT NULL,
      PRIMARY KEY (organization_id, consumer)
    )`
  yield* tenantTable("event_consumers")
})
