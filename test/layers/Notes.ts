import { SqlClient } from "@effect/sql"
import { Cause, Effect } from "effect"
import { SystemSql } from "../../layers/Postgres.ts"
import { tenantTable } from "../../migrations/tenantTable.ts"
import { OrganizationId } from "../../src/domain/Organization.ts"
import { Tenancy } from "../../src/ports/Tenancy.ts"
import * as Database from "../support/Database.ts"

export const alice = OrganizationId.make("org_01J9ZX8K2QHV0M3T6R7P4N5W8A")
export const bob = OrganizationId.make("org_01J9ZX8K2QHV0M3T6R7P4N5W8B")

const createNotes = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE notes (id bigserial PRIMARY KEY, organization_id text NOT NULL, body jsonb)`
  yield* tenantTable("notes")
})

export const Notes = Database.layerOf([
  { owner: "notes", migrations: { "0001_create_notes": createNotes } },
])

export const write = (organization: OrganizationId) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`INSERT INTO notes (organization_id, body) VALUES (${organization}, '{"n":1}')`,
  )

export const owners = (sql: SqlClient.SqlClient) =>
  Effect.map(
    sql<{ organization_id: string }>`SELECT organization_id FROM notes ORDER BY 1`,
    (rows) => rows.map((row) => row.organization_id),
  )

export const countOf = (sql: SqlClient.SqlClient) => Effect.map(owners(sql), (rows) => rows.length)

/** One note of each organization, and the tools to look at them. */
export const notesOfBoth = Effect.gen(function* () {
  const app = yield* SqlClient.SqlClient
  const system = yield* SystemSql
  const { within } = yield* Tenancy
  yield* system`DELETE FROM notes`
  yield* within(alice)(write(alice))
  yield* within(bob)(write(bob))
  return { app, system, within }
})

export const deathOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.sandbox(effect).pipe(Effect.flip), (cause) => Cause.squash(cause))
