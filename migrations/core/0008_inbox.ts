import { SqlClient } from "@effect/sql"
import { Effect } from "effect"
import { tenantTable } from "../tenantTable.ts"

/**
 * What was received and decrypted, in the order it was committed, until it has become rows of
 * somebody's. Named by a hash of the ciphertext: the ids of stanzas are chosen by whoever sends them.
 */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE inbox (
      session_id text NOT NULL,
      organization_id text NOT NULL,
      hash bytea NOT NULL,
      position bigint GENERATED ALWAYS AS IDENTITY,
      -- Sealed, and gone some time after it was taken in; the hash stays for longer.
      content bytea,
      received_at bigint NOT NULL,
      taken_at bigint,
      -- Why it could not be taken in, where it could not.
      problem text,
      PRIMARY KEY (session_id, hash),
      FOREIGN KEY (organization_id, session_id)
        REFERENCES sessions (organization_id, session_id) ON DELETE CASCADE
    )`
  yield* sql`CREATE INDEX inbox_open ON inbox (session_id, position) WHERE taken_at IS NULL`
  yield* sql`CREATE INDEX inbox_taken ON inbox (session_id, taken_at) WHERE content IS NOT NULL`
  yield* tenantTable("inbox")
})
