import { SqlClient } from "@effect/sql"
import { Effect } from "effect"
import { tenantTable } from "../tenantTable.ts"

/** Keys that encrypt everything else, each wrapped by the master key that `kek_id` names. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  // The gateway's own: no organization, so the tenants' role may not even look.
  yield* sql`
    CREATE TABLE gateway_keys (
      name text PRIMARY KEY,
      kek_id text NOT NULL,
      wrapped bytea NOT NULL
    )`
  yield* sql`GRANT SELECT, INSERT, UPDATE ON gateway_keys TO gateway_system`

  yield* sql`
    CREATE TABLE data_keys (
      organization_id text NOT NULL REFERENCES organizations ON DELETE CASCADE,
      session_id text,
      scope_id text GENERATED ALWAYS AS (coalesce(session_id, organization_id)) STORED,
      key_version integer NOT NULL,
      kek_id text NOT NULL,
      wrapped bytea NOT NULL,
      PRIMARY KEY (organization_id, scope_id, key_version),
      FOREIGN KEY (organization_id, session_id)
        REFERENCES sessions (organization_id, session_id) ON DELETE CASCADE
    )`
  yield* sql`CREATE INDEX data_keys_kek ON data_keys (kek_id)`
  yield* tenantTable("data_keys")
})
