/** A plugin whose endpoint never answers, lets nothing interrupt it, and keeps its connection and its lock. */
import { HttpApiBuilder, HttpApiEndpoint, HttpApiGroup } from "@effect/platform"
import { SqlClient } from "@effect/sql"
import { Effect, Schema } from "effect"
import { basePath } from "../../../src/http/BaseApi.ts"
import { asCaller } from "../../../src/http/Caller.ts"
import { needs } from "../../../src/http/Requirement.ts"
import { definePlugin, pluginApi } from "../../../src/Plugin.ts"
import { Tenancy } from "../../../src/ports/Tenancy.ts"

class NeverApi extends HttpApiGroup.make("never")
  .add(
    HttpApiEndpoint.get("answerNever", "/never")
      .addSuccess(Schema.String)
      .annotateContext(needs("read")),
  )
  .prefix(basePath) {}

const handlers = HttpApiBuilder.group(pluginApi(NeverApi), "never", (handlers) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const { within } = yield* Tenancy
    const locked = sql`SELECT FROM sessions FOR UPDATE`
    return handlers.handle("answerNever", () =>
      asCaller((organization) =>
        Effect.zipRight(Effect.ignore(locked), Effect.never).pipe(
          within(organization),
          Effect.uninterruptible,
        ),
      ),
    )
  }),
)

export default definePlugin({ name: "never", groups: [NeverApi], handlers })
