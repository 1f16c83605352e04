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
import { SystemSql } from "./Postgres.ts"
import { StoredReads } from "./StoredReads.ts"
import * as Tenancy from "./Tenancy.ts"

/** What plugins bring along, each under its own name; the tables of built-in ones are in `migrations`. */
const tablesOf = (plugins: ReadonlyArray<AnyPlugin>) =>
  plugins
    .filter(({ migrations }) => Object.keys(migrations).length > 0)
    .map(({ migrations, name }) => ({ owner: name, migrations }))

/** What they held need not wait until they have been silent for long enough. */
const forgetProcesses = Effect.flatMap(SystemSql, (sql) => sql`DELETE FROM gateway_processes`).pipe(
  Effect.orDie,
)

/** The database of the settings, or a private one: open, and migrated. */
const database = (openEmbedded: Opening) =>
  Layer.unwrapScoped(
    Effect.gen(function* () {
      const { databasePool, databaseUrl, dataDir } = yield* Settings
      const { list } = yield* Plugins
      const opened =
        databaseUrl === undefined
          ? yield* openEmbedded(dataDir)
          : { url: databaseUrl, isNew: false }
      const migrated = Migrations.run([...migrations, ...tablesOf(list)])
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

/** Ready while the database answers; it was migrated before anything listened. */
export const DatabaseReadiness = Layer.effect(
  Readiness,
  Effect.map(SqlClient.SqlClient, (sql) => ({
    check: sql`SELECT 1`.pipe(Effect.timeout("2 seconds"), Effect.isSuccess),
  })),
)
