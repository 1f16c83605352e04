/** A database of its own for every test file, on the server that GlobalDatabase started. */
import { Effect, Layer, Redacted } from "effect"
import { createHash } from "node:crypto"
import * as Pg from "pg"
import { inject } from "vitest"
import * as Migrations from "../../layers/Migrations.ts"
import * as Postgres from "../../layers/Postgres.ts"
import * as Tenancy from "../../layers/Tenancy.ts"
import { migrations } from "../../migrations/index.ts"
import { PlainSafes } from "./PlainSafes.ts"

/** The address of the database of that name on the server of this run. */
export const urlOf = (database: string) => {
  const url = new URL(inject("databaseUrl"))
  url.pathname = `/${database}`
  return Redacted.make(url.href)
}

/** A fresh, empty database that is dropped when the scope closes. */
export const empty = Effect.suspend(() => freshDatabase("template0"))

/** A fresh database with these migrations applied. They run once per test run; after that it is a copy. */
export const migrated = (owners: ReadonlyArray<Migrations.OwnedMigrations>) =>
  Effect.flatMap(template(owners), freshDatabase)

function freshDatabase(source: string) {
  const name = `test_${process.pid}_${Math.random().toString(36).slice(2)}`
  return Effect.acquireRelease(
    Effect.as(asOwner(`CREATE DATABASE ${name} TEMPLATE ${source}`), urlOf(name)),
    () => asOwner(`DROP DATABASE ${name} WITH (FORCE)`),
  )
}

/** The lock lets the test files that need the same template wait for the first of them. */
const template = (owners: ReadonlyArray<Migrations.OwnedMigrations>) =>
  Effect.acquireUseRelease(
    Effect.promise(lockServer),
    (client) =>
      Effect.gen(function* () {
        const name = templateName(owners)
        const found = yield* Effect.promise(() =>
          client.query("SELECT 1 FROM pg_database WHERE datname = $1", [name]),
        )
        if (found.rowCount === 0) yield* makeTemplate(name, owners)
        return name
      }),
    (client) => Effect.promise(() => client.end()),
  )

/** Built under another name first: a template that is half made is never found. */
const makeTemplate = (name: string, owners: ReadonlyArray<Migrations.OwnedMigrations>) =>
  Effect.gen(function* () {
    const draft = `${name}_draft`
    yield* asOwner(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`)
    yield* asOwner(`CREATE DATABASE ${draft} TEMPLATE template0`)
    yield* Migrations.run(owners).pipe(
      Effect.provide(Postgres.layer({ url: urlOf(draft) })),
      Effect.orDie,
    )
    yield* asOwner(`ALTER DATABASE ${draft} RENAME TO ${name}`)
  })

const templateName = (owners: ReadonlyArray<Migrations.OwnedMigrations>) => {
  const keys = owners.map(({ owner, migrations }) => [owner, Object.keys(migrations)])
  return `template_${createHash("sha256").update(JSON.stringify(keys)).digest("hex").slice(0, 16)}`
}

const lockServer = async () => {
  const client = new Pg.Client(inject("databaseUrl"))
  await client.connect()
  await client.query("SELECT pg_advisory_lock(1)")
  return client
}

const asOwner = (statement: string) =>
  Effect.promise(async () => {
    const client = new Pg.Client(inject("databaseUrl"))
    await client.connect()
    await client.query(statement).finally(() => client.end())
  })

/** The doors to a fresh database with these migrations. */
export const layerOf = (owners: ReadonlyArray<Migrations.OwnedMigrations>) =>
  Layer.unwrapScoped(
    Effect.map(migrated(owners), (url) =>
      Layer.merge(Tenancy.layer, PlainSafes).pipe(
        Layer.provideMerge(Postgres.layer({ url, pool: 5 })),
      ),
    ),
  )

/** The doors to a fresh database as the gateway makes it. */
export const layer = layerOf(migrations)
