import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import { Effect, Either, Layer } from "effect"
import * as Pg from "pg"
import { inject } from "vitest"
import { Plugins } from "../../layers/Plugins.ts"
import { Readiness } from "../../layers/http/Operations.ts"
import { OwnerSql, SystemSql } from "../../layers/Postgres.ts"
import { DatabaseReadiness, storage } from "../../layers/Storage.ts"
import { migrations } from "../../migrations/index.ts"
import { Settings } from "../../src/Settings.ts"
import * as Database from "../support/Database.ts"

const settings = Layer.succeed(Settings, Either.getOrThrow(Settings.parse({})))

describe("Storage", () => {
  /** How many of the processes that were alive are still taken for it. */
  const alive = Effect.fn(function* (isNew: boolean) {
    const url = yield* Database.migrated(migrations)
    const opened = storage(() => Effect.succeed({ url, isNew })).pipe(
      Layer.provide(Plugins.layer),
      Layer.provide(settings),
      Layer.fresh,
    )
    yield* Effect.flatMap(
      SystemSql,
      (sql) => sql`INSERT INTO gateway_processes VALUES ('p', 'gateway', 'infinity')`,
    ).pipe(
      Effect.provide(
        storage(() => Effect.succeed({ url, isNew: false })).pipe(
          Layer.provide(Plugins.layer),
          Layer.provide(settings),
        ),
      ),
    )
    return yield* Effect.flatMap(
      SystemSql,
      (sql) => sql<{ count: number }>`SELECT count(*)::int AS count FROM gateway_processes`,
    ).pipe(
      Effect.map(([row]) => row!.count),
      Effect.provide(opened),
    )
  })

  it.scopedLive("holds nobody for alive who was before its own server started", () =>
    Effect.gen(function* () {
      strictEqual(yield* alive(true), 0)
    }),
  )

  it.scopedLive("believes those who may be alive on a server that others use as well", () =>
    Effect.gen(function* () {
      strictEqual(yield* alive(false), 1)
    }),
  )
})

describe("DatabaseReadiness", () => {
  const owner = (statement: string) => Effect.flatMap(OwnerSql, (sql) => sql.unsafe(statement))

  /** What a process that starts to look now finds in the way. */
  const obstacle = Effect.flatMap(Readiness, ({ obstacle }) => obstacle).pipe(
    Effect.provide(Layer.fresh(DatabaseReadiness)),
  )

  const stored = Effect.map(Database.migrated(migrations), (url) =>
    storage(() => Effect.succeed({ url, isNew: false })).pipe(
      Layer.provideMerge(Plugins.layer),
      Layer.provide(settings),
    ),
  )

  it.scopedLive("finds nothing in the way once everything is migrated", () =>
    Effect.gen(function* () {
      strictEqual(yield* Effect.provide(obstacle, yield* stored), undefined)
    }),
  )

  it.scopedLive.each<readonly [string, string]>([
    ["one is missing", "DELETE FROM gateway_migrations_core WHERE id = 9"],
    ["an owner has none", "DROP TABLE gateway_migrations_groups"],
  ])("says that migrations are missing when %s", ([, statement]) =>
    Effect.gen(function* () {
      const found = Effect.zipRight(owner(statement), obstacle)
      strictEqual(yield* Effect.provide(found, yield* stored), "migrations are missing")
    }),
  )

  it.scopedLive("says that the database is away, and no more once it is back", () =>
    Effect.gen(function* () {
      const { away, back } = yield* Effect.gen(function* () {
        const { obstacle } = yield* Readiness
        const sql = yield* OwnerSql
        const rows = yield* sql<{ name: string }>`SELECT current_database() AS name`
        const { name } = rows[0]!
        yield* toServer(`ALTER DATABASE ${name} RENAME TO ${name}_elsewhere`, name)
        const away = yield* obstacle
        yield* toServer(`ALTER DATABASE ${name}_elsewhere RENAME TO ${name}`)
        return { away, back: yield* obstacle }
      }).pipe(Effect.provide(Layer.provideMerge(DatabaseReadiness, yield* stored)))
      strictEqual(away, "the database is away")
      strictEqual(back, undefined)
    }),
  )
})

/** As the owner of the server, after everybody was put out of the database of that name. */
const toServer = (statement: string, putOut = "") =>
  Effect.promise(async () => {
    const client = new Pg.Client(inject("databaseUrl"))
    await client.connect()
    const all = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"
    await client.query(all, [putOut])
    await client.query(statement).finally(() => client.end())
  })
