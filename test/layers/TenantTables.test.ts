import { SqlClient } from "@effect/sql"
import { layer } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Context, Effect, Layer, Redacted } from "effect"
import * as Pg from "pg"
import * as Postgres from "../../layers/Postgres.ts"
import * as Tenancy from "../../layers/Tenancy.ts"
import { migrations } from "../../migrations/index.ts"
import { OrganizationId } from "../../src/domain/Organization.ts"
import { Tenancy as TenancyPort } from "../../src/ports/Tenancy.ts"
import * as Database from "../support/Database.ts"
import { fillTables, takeAnyRow } from "../support/TenantRows.ts"
import { breachesOf, tenantTablesOf } from "../support/TenantTables.ts"

const alice = OrganizationId.make("org_01J9ZX8K2QHV0M3T6R7P4N5W8A")
const bob = OrganizationId.make("org_01J9ZX8K2QHV0M3T6R7P4N5W8B")
const stranger = OrganizationId.make("org_01J9ZX8K2QHV0M3T6R7P4N5W8C")

class Owner extends Context.Tag("test/Owner")<Owner, Pg.Client>() {}

const owner = (url: Redacted.Redacted) =>
  Layer.scoped(
    Owner,
    Effect.acquireRelease(
      Effect.promise(async () => {
        const client = new Pg.Client(Redacted.value(url))
        await client.connect()
        return client
      }),
      (client) => Effect.promise(() => client.end()),
    ),
  )

/** The database as the gateway makes it. */
const Released = Layer.unwrapScoped(
  Effect.map(Database.migrated(migrations), (url) =>
    Layer.merge(owner(url), Layer.provideMerge(Tenancy.layer, Postgres.layer({ url }))),
  ),
)

const breaches = Effect.flatMap(Owner, (owner) => Effect.promise(() => breachesOf(owner)))

/** Changes the catalog, looks, and takes the change back. */
const breachesAfter = (statements: string) =>
  Effect.flatMap(Owner, (owner) =>
    Effect.promise(async () => {
      await owner.query(`BEGIN; ${statements}`)
      const found = await breachesOf(owner)
      await owner.query("ROLLBACK")
      return found
    }),
  )

layer(Released, { excludeTestServices: true })("the tables", (it) => {
  it.effect("all stand behind the wall between organizations", () =>
    Effect.gen(function* () {
      deepStrictEqual(yield* breaches, [])
      const tables = yield* Effect.flatMap(Owner, (owner) =>
        Effect.promise(() => tenantTablesOf(owner)),
      )
      assertTrue(tables.length >= 9)
    }),
  )

  it.effect("are looked through for every way around it", () =>
    Effect.gen(function* () {
      const cases = [
        ["CREATE TABLE notes (organization_id text NOT NULL)", 2],
        ["CREATE TABLE notes (body text)", 3],
        ["ALTER TABLE sessions NO FORCE ROW LEVEL SECURITY", 1],
        ["ALTER TABLE sessions ALTER organization_id DROP NOT NULL", 1],
        ["CREATE POLICY everything ON sessions USING (true)", 1],
        ["ALTER POLICY one_organization ON sessions USING (true)", 1],
        ["GRANT SELECT ON gateway_keys TO gateway_app", 1],
        ["ALTER TABLE sessions OWNER TO gateway_app", 1],
        ["GRANT gateway_system TO gateway_app", 3],
        ["CREATE VIEW every_session AS SELECT * FROM sessions", 1],
        ["CREATE FUNCTION f() RETURNS int SECURITY DEFINER LANGUAGE sql AS 'SELECT 1'", 1],
      ] as const
      for (const [statement, count] of cases) {
        const found = yield* breachesAfter(statement)
        deepStrictEqual([statement, found.length], [statement, count])
      }
    }),
  )
})

layer(Released, { excludeTestServices: true })("a statement that forgot its organization", (it) => {
  it.effect("reads no row of another one, from any table", () =>
    Effect.gen(function* () {
      const owner = yield* Owner
      const tables = yield* Effect.promise(async () => {
        await takeAnyRow(owner)
        await fillTables(owner, alice, 1)
        await fillTables(owner, bob, 2)
        return tenantTablesOf(owner)
      })
      for (const table of tables) {
        deepStrictEqual([table, yield* ownersIn(table, alice)], [table, [alice]])
        deepStrictEqual([table, yield* ownersIn(table, bob)], [table, [bob]])
        deepStrictEqual([table, yield* ownersIn(table, stranger)], [table, []])
        strictEqual((yield* select(table)).length, 0)
      }
    }),
  )
})

const select = (table: string) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    sql.unsafe<{ organization_id: string }>(`SELECT * FROM "${table}"`),
  )

const ownersIn = (table: string, organization: OrganizationId) =>
  Effect.flatMap(TenancyPort, ({ within }) =>
    Effect.map(within(organization)(select(table)), (rows) =>
      rows.map(({ organization_id }) => organization_id),
    ),
  )
