import { SqlClient } from "@effect/sql"
import { Effect } from "effect"

/**
 * Makes a table with a column `organization_id` safe: the gateway sees and writes the rows of the organization it
 * works for, and none outside of `Tenancy.within`; `SystemSql` has all of them. Call it after CREATE TABLE.
 */
export const tenantTable = Effect.fnUntraced(function* (table: string) {
  const sql = yield* SqlClient.SqlClient
  const name = sql(table)
  const ours = sql.literal("organization_id = current_setting('app.organization', true)")
  yield* sql`ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY`
  yield* sql`ALTER TABLE ${name} FORCE ROW LEVEL SECURITY`
  yield* sql`CREATE POLICY one_organization ON ${name} TO gateway_app USING (${ours}) WITH CHECK (${ours})`
  yield* sql`CREATE POLICY all_organizations ON ${name} TO gateway_system USING (true) WITH CHECK (true)`
  yield* sql`GRANT SELECT, INSERT, UPDATE, DELETE ON ${name} TO gateway_app, gateway_system`
  yield* grantSequences(table)
})

const grantSequences = Effect.fnUntraced(function* (table: string) {
  const sql = yield* SqlClient.SqlClient
  const sequences = yield* sql<{ name: string }>`
    SELECT s.oid::regclass::text AS name
    FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass
    WHERE s.relkind = 'S' AND d.refobjid = to_regclass(quote_ident(${table}))`
  yield* Effect.forEach(
    sequences,
    ({ name }) =>
      sql`GRANT USAGE, SELECT ON SEQUENCE ${sql.literal(name)} TO gateway_app, gateway_system`,
  )
})
