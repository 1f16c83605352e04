import { SqlClient } from "@effect/sql"
import { Effect } from "effect"
import { tenantTable } from "../tenantTable.ts"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE sessions (
      session_id text PRIMARY KEY,
      organization_id text NOT NULL REFERENCES organizations ON DELETE CASCADE,
      created_by_user_id text,
      gateway_id text NOT NULL,
      label text NOT NULL,
      desired text NOT NULL CHECK (desired IN ('running', 'stopped')),
      status text NOT NULL,
      phone_number text,
      wa_jid text,
      wa_lid text,
      auto_read boolean NOT NULL,
      presence_typing boolean NOT NULL,
      rate_per_min integer,
      rate_per_hour integer,
      is_admin_session boolean NOT NULL DEFAULT false,
      created_at bigint NOT NULL,
      updated_at bigint NOT NULL,
      last_connected_at bigint,
      UNIQUE (organization_id, session_id)
    )`
  yield* tenantTable("sessions")

  yield* sql`
    CREATE TABLE session_credentials (
      session_id text PRIMARY KEY,
      organization_id text NOT NULL,
      value bytea NOT NULL,
      has_groups boolean NOT NULL DEFAULT false,
      FOREIGN KEY (organization_id, session_id)
        REFERENCES sessions (organization_id, session_id) ON DELETE CASCADE
    )`
  yield* tenantTable("session_credentials")

  // What Signal keeps per peer, group and device: written often, read by exact id.
  yield* sql`
    CREATE TABLE session_keys (
      session_id text NOT NULL,
      organization_id text NOT NULL,
      type text NOT NULL,
      id text NOT NULL,
      value bytea NOT NULL,
      PRIMARY KEY (session_id, type, id),
      FOREIGN KEY (organization_id, session_id)
        REFERENCES sessions (organization_id, session_id) ON DELETE CASCADE
    )`
  yield* tenantTable("session_keys")
})
