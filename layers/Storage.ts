import { SqlClient } from "@effect/sql"
import { Effect, Layer } from "effect"
import { migrations } from "../migrations/index.ts"
import type { AnyPlugin } from "../src/Plugin.ts"
import { Settings } from "../src/Settings.ts"
import { ContactBook } from "./contacts/ContactBook.ts"
import { ContactKeeper } from "./contacts/ContactKeeper.ts"
import type { Opening } from "./EmbeddedPostgres.ts"
import { EventLog } from "./EventLog.ts"
import { Readiness } from "./http/Operations.ts"
import { Idempotency } from "./Idempotency.ts"
import * as Migrations from "./Migrations.ts"
import { Plugins } from "./Plugins.ts"
import * as Postgres from "./Postgres.ts"
import { OwnerSql, SystemSql } from "./Postgres.ts"
import { StoredReads } from "./StoredReads.ts"
import * as Tenancy from "./Tenancy.ts"

/** Plugins bring along tables of their own, under their own name; those of built-in ones are in `migrations`. */
const ownersOf = (plugins: ReadonlyArray<AnyPlugin>) => [
  ...migrations,
  ...plugins
    .filter(({ migrations }) => Object.keys(migrations).length > 0)
    .map(({ migrations, name }) => ({ owner: name, migrations })),
]

/** What they held need not wait until they have been silent for long enough. */
const forgetProcesses = Effect.flatMap(SystemSql, (sql) => sql`DELETE FROM gateway_processes`).pipe(
  Effect.orDie,
)

/** The database of the settings, or a private one: open, and migrated. */
const database = (openEmbedded: Opening) =>
  Layer.unwrapScoped(
    Effect.gen(function* () {
      const { databasePool, databaseUrl, dataDir, pgBin } = yield* Settings
      const { list } = yield* Plugins
      const opened =
        databaseUrl === undefined
          ? yield* openEmbedded(dataDir, pgBin)
          : { url: databaseUrl, isNew: false }
      const migrated = Migrations.run(ownersOf(list))
      return Layer.effectDiscard(
        opened.isNew ? Effect.zipRight(migrated, forgetProcesses) : migrated,
      ).pipe(Layer.provideMerge(Postgres.layer({ url: opened.url, pool: databasePool })))
    }),
  )

/** Where everything is kept. */
export const storage = (openEmbedded: Opening) =>
  Layer.mergeAll(ContactBook, ContactKeeper.layer, Idempotency, StoredReads).pipe(
    Layer.provideMerge(EventLog),
    Layer.provideMerge(Tenancy.layer),
    Layer.provideMerge(database(openEmbedded)),
  )

/** Looked at again so often: tables only change under a process that runs when somebody puts back a copy. */
const migratedFor = "10 seconds"

/** Ready while the database answers, and has the tables that this program needs. */
export const DatabaseReadiness = Layer.effect(
  Readiness,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const owner = yield* OwnerSql
    const owners = ownersOf((yield* Plugins).list)
    const [migrated, forget] = yield* Migrations.areApplied(owners).pipe(
      Effect.provideService(OwnerSql, owner),
      Effect.cachedInvalidateWithTTL(migratedFor),
    )
    const obstacle = Effect.zipRight(sql`SELECT 1`, migrated).pipe(
      Effect.tap((isMigrated) => (isMigrated ? Effect.void : forget)),
      Effect.map((isMigrated) => (isMigrated ? undefined : "migrations are missing")),
      Effect.timeout("2 seconds"),
      Effect.catchAll(() => Effect.as(forget, "the database is away")),
    )
    return { obstacle }
  }),
)
