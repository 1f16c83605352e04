import { SqlClient } from "@effect/sql"
import { Effect } from "effect"
import { tenantTable } from "../tenantTable.ts"

/** What was asked under a caller's key, and the answer once there is one. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE idempotency_keys (
      organization_id text NOT NULL REFERENCES organizations ON DELETE CASCADE,
      key text NOT NULL,
      request_hash bytea NOT NULL,
      -- When the first attempt began; whatever it did, it did later.
      since bigint NOT NULL,
      -- The attempt under way, and until when it is believed to be alive.
      claim_id text NOT NULL,
      claimed_until bigint NOT NULL,
      -- As text: a replay answers the same bytes.
      answer text,
      PRIMARY KEY (organization_id, key)
    )`
  yield* sql`CREATE INDEX idempotency_keys_since ON idempotency_keys (organization_id, since)`
  yield* tenantTable("idempotency_keys")
})
