import { SqlClient } from "@effect/sql"
import { Effect } from "effect"
import { tenantTable } from "../tenantTable.ts"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE organizations (
      organization_id text PRIMARY KEY,
      name text NOT NULL,
      created_at bigint NOT NULL
    )`
  yield* tenantTable("organizations")

  yield* sql`
    CREATE TABLE api_keys (
      key_id text PRIMARY KEY,
      organization_id text NOT NULL REFERENCES organizations ON DELETE CASCADE,
      name text NOT NULL,
      secret_hash bytea NOT NULL,
      capabilities text[] NOT NULL,
      created_at bigint NOT NULL,
      expires_at bigint,
      last_used_at bigint
    )`
  yield* sql`CREATE INDEX api_keys_organization ON api_keys (organization_id)`
  yield* tenantTable("api_keys")
})
