import { SqlClient } from "@effect/sql"
import { describe, it, layer } from "@effect/vitest"
import { assertInclude, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Cause, Effect, Exit, Fiber, Layer, Redacted, Schedule } from "effect"
import * as Postgres from "../../layers/Postgres.ts"
import { tenantTable } from "../../migrations/tenantTable.ts"
import { OrganizationId } from "../../src/domain/Organization.ts"
import { Tenancy } from "../../src/ports/Tenancy.ts"
import * as Database from "../support/Database.ts"

const alice = OrganizationId.make("org_01J9ZX8K2QHV0M3T6R7P4N5W8A")
const bob = OrganizationId.make("org_01J9ZX8K2QHV0M3T6R7P4N5W8B")

const createNotes = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE notes (id bigserial PRIMARY KEY, organization_id text NOT NULL, body jsonb)`
  yield* tenantTable("notes")
})

const Notes = Database.layerOf([
  { owner: "notes", migrations: { "0001_create_notes": createNotes } },
])

const write = (organization: OrganizationId) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`INSERT INTO notes (organization_id, body) VALUES (${organization}, '{"n":1}')`,
  )

const owners = (sql: SqlClient.SqlClient) =>
  Effect.map(
    sql<{ organization_id: string }>`SELECT organization_id FROM notes ORDER BY 1`,
    (rows) => rows.map((row) => row.organization_id),
  )

const countOf = (sql: SqlClient.SqlClient) => Effect.map(owners(sql), (rows) => rows.length)

/** One note of each organization, and the tools to look at them. */
const notesOfBoth = Effect.gen(function* () {
  const app = yield* SqlClient.SqlClient
  const system = yield* Postgres.SystemSql
  const { within } = yield* Tenancy
  yield* system`DELETE FROM notes`
  yield* within(alice)(write(alice))
  yield* within(bob)(write(bob))
  return { app, system, within }
})

const refusalOf = (url: Redacted.Redacted) =>
  Effect.map(Effect.flip(Layer.build(Postgres.layer({ url }))), ({ message }) => message)

const deathOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.sandbox(effect).pipe(Effect.flip), (cause) => Cause.squash(cause))

layer(Notes, { excludeTestServices: true })("row-level security", (it) => {
  it.effect("shows no rows to work that is for no organization", () =>
    Effect.gen(function* () {
      const { app } = yield* notesOfBoth
      deepStrictEqual(yield* owners(app), [])
    }),
  )

  it.effect("shows every row to the system", () =>
    Effect.gen(function* () {
      const { system } = yield* notesOfBoth
      deepStrictEqual(yield* owners(system), [alice, bob])
    }),
  )

  it.effect("confines statements without any predicate to one organization", () =>
    Effect.gen(function* () {
      const { app, system, within } = yield* notesOfBoth
      yield* within(alice)(
        Effect.gen(function* () {
          deepStrictEqual(yield* owners(app), [alice])
          strictEqual((yield* app`UPDATE notes SET body = '{}' RETURNING id`).length, 1)
          strictEqual((yield* app`DELETE FROM notes RETURNING id`).length, 1)
        }),
      )
      deepStrictEqual(yield* owners(system), [bob])
    }),
  )

  it.effect("refuses rows that are written, or moved, into another organization", () =>
    Effect.gen(function* () {
      const { app, within } = yield* notesOfBoth
      const inserted = yield* Effect.flip(within(alice)(write(bob)))
      assertInclude(String(inserted.cause), "violates row-level security policy")
      const moved = yield* Effect.flip(
        within(alice)(app`UPDATE notes SET organization_id = ${bob}`),
      )
      assertInclude(String(moved.cause), "violates row-level security policy")
    }),
  )

  it.effect("leaves no organization behind on a connection", () =>
    Effect.gen(function* () {
      const { app, within } = yield* notesOfBoth
      const look = Effect.zip(within(alice)(Effect.void), countOf(app), { concurrent: false })
      const seen = yield* Effect.replicateEffect(look, 20)
      assertTrue(seen.every(([, count]) => count === 0))
    }),
  )

  it.effect("acts under roles that own nothing and bypass nothing", () =>
    Effect.gen(function* () {
      const { app, system } = yield* notesOfBoth
      const who = (sql: SqlClient.SqlClient) =>
        sql`SELECT current_user::text AS name, rolsuper OR rolbypassrls AS unbound,
              (SELECT count(*) FROM pg_class WHERE relowner = pg_roles.oid) AS owned
            FROM pg_roles WHERE rolname = current_user`
      deepStrictEqual(yield* who(app), [{ name: "gateway_app", unbound: false, owned: 0 }])
      deepStrictEqual(yield* who(system), [{ name: "gateway_system", unbound: false, owned: 0 }])
    }),
  )
})

layer(Notes, { excludeTestServices: true })("Tenancy.within", (it) => {
  it.effect("undoes everything when the work fails", () =>
    Effect.gen(function* () {
      const { system, within } = yield* notesOfBoth
      const failure = yield* Effect.flip(
        within(alice)(Effect.zipRight(write(alice), Effect.fail("no"))),
      )
      strictEqual(failure, "no")
      deepStrictEqual(yield* owners(system), [alice, bob])
    }),
  )

  it.effect("undoes only the inner work when that fails inside the same organization", () =>
    Effect.gen(function* () {
      const { system, within } = yield* notesOfBoth
      const inner = Effect.ignore(within(alice)(Effect.zipRight(write(alice), Effect.fail("no"))))
      yield* within(alice)(Effect.zipRight(inner, write(alice)))
      deepStrictEqual(yield* owners(system), [alice, alice, bob])
    }),
  )

  it.effect(
    "lets a statement join the transaction, with nothing to go back to where it fails",
    () =>
      Effect.gen(function* () {
        const { app, system } = yield* notesOfBoth
        const { joining, within } = yield* Tenancy
        yield* within(alice)(Effect.zipRight(joining(alice)(write(alice)), Effect.fail("no"))).pipe(
          Effect.ignore,
        )
        strictEqual(yield* countOf(system), 2)
        const broken = Effect.ignore(joining(alice)(app`SELECT 1 / 0`))
        const exit = yield* Effect.exit(within(alice)(Effect.zipRight(broken, write(alice))))
        assertTrue(Exit.isFailure(exit))
        strictEqual(yield* countOf(system), 2)
      }),
  )

  it.effect("gives a statement that joins nobody a transaction of its own", () =>
    Effect.gen(function* () {
      const { system } = yield* notesOfBoth
      const { joining, within } = yield* Tenancy
      yield* joining(alice)(write(alice))
      deepStrictEqual(yield* owners(system), [alice, alice, bob])
      assertInclude(String(yield* deathOf(within(alice)(joining(bob)(write(bob))))), "another")
    }),
  )

  it.effect("dies when work for one organization contains work for another", () =>
    Effect.gen(function* () {
      const { within } = yield* notesOfBoth
      assertInclude(String(yield* deathOf(within(alice)(within(bob)(Effect.void)))), "another")
    }),
  )

  it.effect("keeps the system's statements out of the tenant's transaction, and the reverse", () =>
    Effect.gen(function* () {
      const { app, system, within } = yield* notesOfBoth
      deepStrictEqual(yield* within(alice)(owners(system)), [alice, bob])
      deepStrictEqual(yield* system.withTransaction(owners(app)), [])
      deepStrictEqual(yield* system.withTransaction(within(bob)(owners(app))), [bob])
    }),
  )

  it.effect("gives fibers that outlive the transaction no statement on its connection", () =>
    Effect.gen(function* () {
      const { app, within } = yield* notesOfBoth
      const late = Effect.delay(owners(app), "50 millis")
      const fiber = yield* within(alice)(Effect.forkDaemon(late))
      assertInclude(
        String(yield* deathOf(Fiber.join(fiber))),
        "the transaction of this statement is over",
      )
      const again = Effect.delay(within(bob)(owners(app)), "50 millis")
      const next = yield* within(alice)(Effect.forkDaemon(again))
      deepStrictEqual(yield* Fiber.join(next), [bob])
    }),
  )
})

layer(Notes, { excludeTestServices: true })("Postgres", (it) => {
  it.effect("answers bigint as number and jsonb as its value", () =>
    Effect.gen(function* () {
      const app = yield* SqlClient.SqlClient
      const rows = yield* app`SELECT 1763000000000::bigint AS at, '{"a":[1]}'::jsonb AS body`
      deepStrictEqual(rows, [{ at: 1_763_000_000_000, body: { a: [1] } }])
    }),
  )

  it.effect("survives that every connection is terminated", () =>
    Effect.gen(function* () {
      const { app, within } = yield* notesOfBoth
      const owner = yield* Postgres.OwnerSql
      const terminate = owner`
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE application_name = 'gateway_app' AND datname = current_database()`
      yield* Effect.all(Effect.replicate(app`SELECT 1`, 5), { concurrency: 5 })
      const death = yield* deathOf(within(alice)(Effect.zipRight(terminate, app`SELECT 1`)))
      assertTrue(Postgres.isDatabaseAway(death))
      yield* Effect.sleep("50 millis")
      strictEqual(yield* within(alice)(countOf(app)), 1)
    }),
  )

  it.effect("loses no connection to those who stopped waiting for one", () =>
    Effect.gen(function* () {
      const { system } = yield* notesOfBoth
      const atOnce = { concurrency: "unbounded" } as const
      const busy = Effect.replicateEffect(system`SELECT pg_sleep(0.2)`, 10, atOnce)
      const hasty = Effect.replicateEffect(
        Effect.timeoutOption(system`SELECT 1`, "50 millis"),
        10,
        atOnce,
      )
      yield* Effect.all([busy, Effect.delay(hasty, "20 millis")], atOnce)
      strictEqual((yield* Effect.timeout(system`SELECT 1`, "1 second")).length, 1)
    }),
  )

  it.effect("takes a statement that is out of time for a database that is away", () =>
    Effect.gen(function* () {
      const { app, within } = yield* notesOfBoth
      const slow = Effect.zipRight(app`SET LOCAL statement_timeout = 50`, app`SELECT pg_sleep(1)`)
      assertTrue(Postgres.isDatabaseAway(yield* deathOf(within(alice)(slow))))
    }),
  )

  it.effect("cancels a statement whose fiber is interrupted", () =>
    Effect.gen(function* () {
      const { app, system } = yield* notesOfBoth
      yield* Effect.timeoutOption(app`SELECT pg_sleep(4.1)`, "100 millis")
      const owner = yield* Postgres.OwnerSql
      const running = owner`
        SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(4.1)%' AND state = 'active' AND pid <> pg_backend_pid()`
      // The server hears of it a moment later.
      yield* running.pipe(
        Effect.repeat({
          until: ({ length }) => length === 0,
          schedule: Schedule.spaced("50 millis"),
        }),
        Effect.timeout("2 seconds"),
      )
      yield* countOf(system)
    }),
  )
})

describe("Postgres.layer", () => {
  it.scopedLive("gives up a statement, and its connection, at the deadline", () =>
    Effect.gen(function* () {
      const url = yield* Database.empty
      const [away, isFresh] = yield* Effect.gen(function* () {
        const app = yield* SqlClient.SqlClient
        // The server's own limit would answer first; without it, it behaves like a frozen one.
        const frozen = app.withTransaction(
          Effect.zipRight(app`SET LOCAL statement_timeout = 0`, app`SELECT pg_sleep(10)`),
        )
        const exit = yield* Effect.exit(frozen)
        const next = yield* app<{ role: string }>`SELECT current_user::text AS role`
        return [Exit.isFailure(exit) && Cause.squash(exit.cause), next[0]?.role] as const
      }).pipe(Effect.provide(Postgres.layer({ url, pool: 1, statementMillis: 300 })))
      assertTrue(Postgres.isDatabaseAway(away))
      strictEqual(isFresh, "gateway_app")
    }),
  )

  it.scopedLive("says what an administrator must run when its user may not grant the roles", () =>
    Effect.gen(function* () {
      const url = yield* Database.empty
      const asOwner = Effect.provide(Postgres.layer({ url }))
      yield* Effect.flatMap(Postgres.OwnerSql, (sql) => sql`CREATE ROLE stranger LOGIN`).pipe(
        asOwner,
      )
      const reason = yield* refusalOf(
        Redacted.make(Redacted.value(url).replace("gateway@", "stranger@")),
      )
      yield* Effect.flatMap(Postgres.OwnerSql, (sql) => sql`DROP ROLE stranger`).pipe(asOwner)
      assertInclude(reason, 'run: GRANT gateway_app, gateway_system TO "stranger"')
    }),
  )

  it.scopedLive("says that nobody answers at an address", () =>
    Effect.gen(function* () {
      const reason = yield* refusalOf(Redacted.make("postgresql://me:secret@127.0.0.1:1/none"))
      assertInclude(reason, "no connection: connect ECONNREFUSED 127.0.0.1:1")
      assertTrue(!reason.includes("secret"))
    }),
  )
})
