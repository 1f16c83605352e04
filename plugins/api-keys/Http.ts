import { HttpApiBuilder } from "@effect/platform"
import { Effect, Redacted } from "effect"
import { asCaller } from "../../src/http/Caller.ts"
import { onePage } from "../../src/http/Page.ts"
import { pluginApi } from "../../src/Plugin.ts"
import { ApiKeys } from "../../src/ports/ApiKeys.ts"
import { ApiKeysApi } from "./Api.ts"

export const ApiKeysHttp = HttpApiBuilder.group(pluginApi(ApiKeysApi), "apiKeys", (handlers) =>
  Effect.gen(function* () {
    const keys = yield* ApiKeys

    return handlers
      .handle("listApiKeys", () =>
        asCaller((caller) => Effect.map(keys.list(caller), (all) => onePage(all))),
      )
      .handle("createApiKey", ({ payload }) =>
        asCaller((caller) =>
          Effect.map(keys.create(caller, payload), ({ key, token }) => ({
            ...key,
            token: Redacted.value(token),
          })),
        ),
      )
      .handle("deleteApiKey", ({ path }) => asCaller((caller) => keys.remove(caller, path.id)))
  }),
)
