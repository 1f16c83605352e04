import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import { Effect, Either, Layer } from "effect"
import { Plugins } from "../../layers/Plugins.ts"
import { SystemSql } from "../../layers/Postgres.ts"
import { storage } from "../../layers/Storage.ts"
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
