import { SqlClient } from "@effect/sql"
import { Effect } from "effect"
import { tenantTable } from "../tenantTable.ts"

/** One row per person and session, whichever address came first. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE contacts (
      contact_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      organization_id text NOT NULL,
      session_id text NOT NULL,
      lid text,
      phone_jid text,
      saved_name text,
      push_name text,
      business_name text,
      -- When each name last changed: of two contacts that are one, the newer is kept.
      saved_name_at bigint,
      push_name_at bigint,
      business_name_at bigint,
      first_seen_at bigint NOT NULL,
      updated_at bigint NOT NULL,
      CHECK (lid IS NOT NULL OR phone_jid IS NOT NULL),
      -- Deferrable: numbers that change hands within one statement meet half-way.
      UNIQUE (session_id, lid) DEFERRABLE,
      UNIQUE (session_id, phone_jid) DEFERRABLE,
      FOREIGN KEY (organization_id, session_id)
        REFERENCES sessions (organization_id, session_id) ON DELETE CASCADE
    )`
  yield* tenantTable("contacts")
})
