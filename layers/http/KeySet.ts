import { HttpLayerRouter, HttpServerResponse } from "@effect/platform"
import { Effect } from "effect"
import { Settings } from "../../src/Settings.ts"
import { answer } from "./Answer.ts"
import { LocalIdentity } from "../LocalIdentity.ts"

export const keySetRoute = { method: "GET", path: "/.well-known/jwks.json" } as const

/** The public keys of our own login tokens, for services that check them, too; 404 without AUTH_LOCAL. */
export const KeySet = HttpLayerRouter.use((router) =>
  Effect.flatMap(published, (answer) =>
    router.add(keySetRoute.method, keySetRoute.path, Effect.succeed(answer)),
  ),
)

const published = Effect.flatMap(Settings, ({ auth }) =>
  auth.provider._tag === "Local"
    ? Effect.map(LocalIdentity, ({ jwks }) => HttpServerResponse.unsafeJson(jwks)).pipe(
        Effect.provide(LocalIdentity.Default),
      )
    : Effect.succeed(answer("not_found", "route not found")),
)
