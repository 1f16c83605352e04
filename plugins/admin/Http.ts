import { HttpApiBuilder } from "@effect/platform"
import { Effect } from "effect"
import { onePage } from "../../src/http/Page.ts"
import { pluginApi } from "../../src/Plugin.ts"
import { Organizations } from "../../src/ports/Organizations.ts"
import { Sessions } from "../../src/ports/Sessions.ts"
import { AdminApi } from "./Api.ts"

export const AdminHttp = HttpApiBuilder.group(pluginApi(AdminApi), "admin", (handlers) =>
  Effect.gen(function* () {
    const organizations = yield* Organizations
    const sessions = yield* Sessions

    return handlers
      .handle("adminListOrganizations", () => Effect.map(organizations.list, (all) => onePage(all)))
      .handle("adminCreateOrganization", ({ payload }) => organizations.create(payload.name))
      .handle("adminListSessions", () => Effect.map(sessions.listAll, (all) => onePage(all)))
      .handle("backfillSession", ({ path }) => sessions.backfill(path.session))
      .handle("getBackfill", ({ path }) => sessions.findBackfill(path.session))
  }),
)
