import { SqlClient } from "@effect/sql"
import { describe, it, layer } from "@effect/vitest"
import { assertInclude, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Cause, Effect, Exit, Layer, Redacted, Schedule } from "effect"
import * as Postgres from "../../layers/Postgres.ts"
import * as Database from "../support/Database.ts"
import { alice, bob, countOf, deathOf, Notes, notesOfBoth, owners, write } from "./Notes.ts"

const refusalOf = (url: Redacted.Redacted) =>
  Effect.map(Effect.flip(Layer.build(Postgres.layer({ url }))), ({ message }) => message)

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
