import { Effect, Either, Layer, Logger, LogLevel } from "effect"
import { ulid } from "ulid"
import { Credentials } from "../../../layers/baileys/Credentials.ts"
import { SignalKeys } from "../../../layers/baileys/SignalKeys.ts"
import * as EmbeddedPostgres from "../../../layers/EmbeddedPostgres.ts"
import { administration } from "../../../layers/Main.ts"
import { Plugins } from "../../../layers/Plugins.ts"
import { SystemSql } from "../../../layers/Postgres.ts"
import type { OrganizationId } from "../../../src/domain/Organization.ts"
import { SessionId } from "../../../src/domain/Session.ts"
import { Organizations } from "../../../src/ports/Organizations.ts"
import { Settings } from "../../../src/Settings.ts"
import { FileKeys, readCreds } from "./Accounts.ts"

/** Makes a gateway's folder as if it had linked those accounts; all of them are stopped. */
export const seed = (dataDir: string, accounts: string, count: number): Promise<void> =>
  Effect.gen(function* () {
    const { id } = yield* (yield* Organizations).create("Bench")
    for (let nth = 0; nth < count; nth += 1) yield* attach(id, accounts, nth)
  }).pipe(
    Effect.provide(stores),
    Effect.provideService(Settings, Either.getOrThrow(Settings.parse({ DATA_DIR: dataDir }))),
    Logger.withMinimumLogLevel(LogLevel.Warning),
    Effect.runPromise,
  )

const stores = Layer.merge(Credentials.Default, SignalKeys.Default).pipe(
  Layer.provideMerge(administration(EmbeddedPostgres.start)),
  Layer.provide(Plugins.layer),
)

const attach = Effect.fn(function* (organization: OrganizationId, accounts: string, nth: number) {
  const sql = yield* SystemSql
  const session = SessionId.make(ulid())
  const creds = readCreds(accounts, nth)
  yield* sql`
    INSERT INTO sessions (session_id, organization_id, gateway_id, label, desired, status,
      auto_read, presence_typing, created_at, updated_at)
    VALUES (${session}, ${organization}, 'gateway', ${`${nth}`}, 'stopped', 'stopped', false, false,
      ${nth}, ${nth})`
  yield* (yield* Credentials).save(organization, session, creds)
  const keys = yield* (yield* SignalKeys).open(organization, session)
  yield* keys.set(new FileKeys(accounts, nth).all())
})
