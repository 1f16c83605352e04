import { describe, it } from "@effect/vitest"
import { assertInclude, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { SqlClient } from "@effect/sql"
import { Effect, type Redacted } from "effect"
import * as Migrations from "../../layers/Migrations.ts"
import * as Postgres from "../../layers/Postgres.ts"
import * as Database from "../support/Database.ts"
import { runFixture } from "../support/Fixture.ts"

const table = (name: string) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => sql`CREATE TABLE ${sql(name)} (id int)`)

const first = { "0001_create_polls": table("polls") }
const third = { "0003_create_votes": table("votes") }

const migrate = (
  url: Redacted.Redacted,
  migrations: Migrations.OwnedMigrations["migrations"],
  owner = "polls",
) => Migrations.run([{ owner, migrations }]).pipe(Effect.provide(Postgres.layer({ url })))

const refusal = (
  url: Redacted.Redacted,
  migrations: Migrations.OwnedMigrations["migrations"],
  owner?: string,
) => Effect.map(Effect.flip(migrate(url, migrations, owner)), ({ message }) => message)

describe("Migrations.run", () => {
  it.scopedLive("applies each migration once, in the order of their ids", () =>
    Effect.gen(function* () {
      const url = yield* Database.empty
      yield* migrate(url, { ...third, ...first })
      yield* migrate(url, { ...first, ...third })
      const rows = yield* Effect.flatMap(
        Postgres.OwnerSql,
        (sql) => sql`SELECT id, name FROM gateway_migrations_polls ORDER BY applied_at, id`,
      ).pipe(Effect.provide(Postgres.layer({ url })))
      deepStrictEqual(rows, [
        { id: 1, name: "create_polls" },
        { id: 3, name: "create_votes" },
      ])
    }),
  )

  it.scopedLive("succeeds in four processes that start at once", () =>
    Effect.gen(function* () {
      const url = yield* Database.empty
      const outcomes = yield* Effect.all(
        [1, 2, 3, 4].map(() => runFixture("MigrateDatabase.ts", [url])),
        { concurrency: 4 },
      )
      deepStrictEqual(outcomes, ["migrated", "migrated", "migrated", "migrated"])
    }),
  )

  it.scopedLive("refuses an id that was never applied although a later one was", () =>
    Effect.gen(function* () {
      const url = yield* Database.empty
      yield* migrate(url, { ...first, ...third })
      strictEqual(
        yield* refusal(url, { ...first, ...third, "0002_late": table("late") }),
        "the tables of polls can not be brought up to date: 0002_late was never applied although the later 0003_create_votes was; give it a higher id",
      )
    }),
  )

  it.scopedLive("refuses an id that is used again under another name", () =>
    Effect.gen(function* () {
      const url = yield* Database.empty
      yield* migrate(url, first)
      strictEqual(
        yield* refusal(url, { "0001_create_surveys": table("surveys") }),
        'the tables of polls can not be brought up to date: id 0001 was applied as "create_polls", but the program has it as "create_surveys"',
      )
    }),
  )

  it.scopedLive("refuses a database that is newer than the program", () =>
    Effect.gen(function* () {
      const url = yield* Database.empty
      yield* migrate(url, { ...first, ...third })
      assertInclude(
        yield* refusal(url, first),
        "the database is newer than this program: 0003_create_votes is applied",
      )
    }),
  )

  it.scopedLive(
    "refuses two migrations of one id, ids without digits and owners that are no names",
    () =>
      Effect.gen(function* () {
        const url = yield* Database.empty
        const twice = yield* refusal(url, { ...first, "0001_again": table("again") })
        assertInclude(twice, 'id 0001 is used twice, by "create_polls" and by "again"')
        assertInclude(yield* refusal(url, { polls: table("polls") }), '"polls" is not named like')
        assertInclude(yield* refusal(url, first, 'x"; DROP TABLE'), "an owner is named by")
      }),
  )

  it.scopedLive("leaves nothing behind of an owner whose migration does not apply", () =>
    Effect.gen(function* () {
      const url = yield* Database.empty
      const broken = { ...first, "0002_again": table("polls") }
      assertInclude(
        yield* refusal(url, broken),
        'migration 0002_again does not apply: relation "polls" already exists',
      )
      yield* migrate(url, first)
    }),
  )
})
