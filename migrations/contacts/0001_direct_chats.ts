import { SqlClient } from "@effect/sql"
import { Effect } from "effect"
import { tenantTable } from "../tenantTable.ts"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE direct_chats (
      contact_id bigint PRIMARY KEY REFERENCES contacts,
      organization_id text NOT NULL,
      session_id text NOT NULL,
      first_seen_at bigint NOT NULL,
      FOREIGN KEY (organization_id, session_id)
        REFERENCES sessions (organization_id, session_id) ON DELETE CASCADE
    )`
  yield* sql`CREATE INDEX direct_chats_session ON direct_chats (session_id)`
  yield* tenantTable("direct_chats")

  // Contacts are listed page by page, in the order they were met.
  yield* sql`CREATE INDEX contacts_page ON contacts (session_id, contact_id)`
})
