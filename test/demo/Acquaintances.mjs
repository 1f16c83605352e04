/** A plugin from elsewhere, as docs/plugins.md explains it: counts the people whom each session has met. */
import { HttpApiBuilder, HttpApiEndpoint, HttpApiGroup } from "@effect/platform"
import { SqlClient } from "@effect/sql"
import { Effect, Schema } from "effect"
import {
  asCaller,
  basePath,
  definePlugin,
  failures,
  needs,
  pluginApi,
  SessionDirectory,
  SessionNotFound,
  SessionPath,
  Tenancy,
} from "whatsapp-gateway"
import { tenantTable } from "whatsapp-gateway/tenantTable"

class AcquaintancesApi extends HttpApiGroup.make("acquaintances")
  .add(
    HttpApiEndpoint.get("countAcquaintances", "/sessions/:session/acquaintances")
      .setPath(SessionPath)
      .addSuccess(Schema.Struct({ people: Schema.Int }))
      .addError(failures(SessionNotFound))
      .annotateContext(needs("read")),
  )
  .prefix(basePath) {}

const handlers = HttpApiBuilder.group(pluginApi(AcquaintancesApi), "acquaintances", (handlers) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const sessions = yield* SessionDirectory
    const { within } = yield* Tenancy
    const count = (session) => sql`
      SELECT count(*)::int AS people FROM acquaintances WHERE session_id = ${session}`
    return handlers.handle("countAcquaintances", ({ path }) =>
      asCaller((organization) =>
        sessions.get(organization, path.session).pipe(
          Effect.zipRight(Effect.orDie(within(organization)(count(path.session)))),
          Effect.map(([{ people }]) => ({ people })),
        ),
      ),
    )
  }),
)

const migrations = {
  "0001_acquaintances": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      CREATE TABLE acquaintances (
        organization_id text NOT NULL,
        session_id text NOT NULL,
        contact_id bigint NOT NULL,
        PRIMARY KEY (session_id, contact_id),
        FOREIGN KEY (organization_id, session_id)
          REFERENCES sessions (organization_id, session_id) ON DELETE CASCADE
      )`
    yield* tenantTable("acquaintances")
  }),
}

const meet = {
  name: "meet",
  events: ["contact.updated"],
  handle: ({ organization, payload, session }) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`
        INSERT INTO acquaintances (organization_id, session_id, contact_id)
        VALUES (${organization}, ${session}, ${payload.id}) ON CONFLICT DO NOTHING`
    }).pipe(Effect.orDie),
}

export default definePlugin({
  name: "acquaintances",
  groups: [AcquaintancesApi],
  handlers,
  migrations,
  subscriptions: [meet],
})
