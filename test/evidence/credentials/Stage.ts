import { type Clock, Effect, Logger, Redacted } from "effect"
import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as EmbeddedPostgres from "../../../layers/EmbeddedPostgres.ts"
import { gatewayOn, tenant } from "../../support/Gateway.ts"
import { baseUrl } from "../../support/Http.ts"
import { organization } from "../../layers/jwt/Tokens.ts"
import { withClient } from "../PrivateServer.ts"

export interface Place {
  /** For what belongs to the run and is gone after it. */
  readonly folder: string
  readonly databaseUrl: string
  /** What every gateway on this database is told. */
  readonly env: Readonly<Record<string, string>>
}

/** A folder and an empty database of its own for one run. */
export const withDatabase = async <A>(use: (place: Place) => Promise<A>): Promise<A> => {
  const folder = mkdtempSync(join(tmpdir(), "gateway-evidence-"))
  const opened = Effect.flatMap(EmbeddedPostgres.start(join(folder, "database")), ({ url }) =>
    Effect.promise(() => use(placeAt(folder, Redacted.value(url)))),
  )
  return Effect.runPromise(Effect.scoped(opened)).finally(() =>
    rmSync(folder, { recursive: true, force: true }),
  )
}

const placeAt = (folder: string, databaseUrl: string): Place => ({
  folder,
  databaseUrl,
  env: {
    DATA_DIR: folder,
    DATABASE_URL: databaseUrl,
    GATEWAY_MASTER_KEY: randomBytes(32).toString("base64"),
    PORT: "0",
  },
})

/** A whole gateway in this process that tells the time by the clock; gives its address and a key. */
export const withGateway = <A>(
  place: Place,
  clock: Clock.Clock,
  env: Readonly<Record<string, string>>,
  use: (url: string, key: string) => Promise<A>,
): Promise<A> =>
  Effect.flatMap(Effect.all([baseUrl, tenant()]), ([url, { key }]) =>
    Effect.promise(() => enter(place).then(() => use(url, key))),
  ).pipe(
    Effect.provide(
      gatewayOn(Effect.succeed(Redacted.make(place.databaseUrl)), { ...place.env, ...env }),
    ),
    Effect.scoped,
    Effect.withClock(clock),
    // What a provider in a bad mood makes it warn of is part of the plan.
    Effect.provide(Logger.remove(Logger.defaultLogger)),
    Effect.runPromise,
  )

/** The organization that the provider's tokens name. */
const enter = ({ databaseUrl }: Place) =>
  withClient(databaseUrl, (client) =>
    client.query(
      `INSERT INTO organizations (organization_id, name, created_at) VALUES ($1, '', 0)
       ON CONFLICT DO NOTHING`,
      [organization],
    ),
  )
