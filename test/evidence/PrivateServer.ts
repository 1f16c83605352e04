import { Effect, Logger, LogLevel, Redacted } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Pg from "pg"
import * as EmbeddedPostgres from "../../layers/EmbeddedPostgres.ts"
import * as Migrations from "../../layers/Migrations.ts"
import * as Postgres from "../../layers/Postgres.ts"
import { migrations } from "../../migrations/index.ts"

/** A folder that is gone when the trial is over. */
export const withFolder = async <A>(use: (folder: string) => Promise<A>): Promise<A> => {
  const folder = mkdtempSync(join(tmpdir(), "gateway-evidence-"))
  return use(folder).finally(() => rmSync(folder, { recursive: true, force: true }))
}

/** A server of its own for one trial, with an empty database. */
export const withServer = <A>(use: (url: string, folder: string) => Promise<A>): Promise<A> =>
  withFolder((folder) => serverOn(folder, use))

/** A server with its files in the folder. */
export const serverOn = <A>(
  folder: string,
  use: (url: string, folder: string) => Promise<A>,
): Promise<A> =>
  EmbeddedPostgres.start(folder).pipe(
    Effect.flatMap(({ url }) => Effect.promise(() => use(Redacted.value(url), folder))),
    Effect.scoped,
    Effect.runPromise,
  )

/** The tables as the gateway makes them. */
export const migrate = (url: string): Promise<void> =>
  Migrations.run(migrations).pipe(
    Effect.provide(Postgres.layer({ url: Redacted.make(url) })),
    Logger.withMinimumLogLevel(LogLevel.Warning),
    Effect.runPromise,
  )

export const withClient = async <A>(url: string, use: (client: Pg.Client) => Promise<A>) => {
  const client = new Pg.Client(url)
  client.on("error", () => {})
  await client.connect()
  return use(client).finally(() => client.end())
}
