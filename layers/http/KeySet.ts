import { HttpLayerRouter, HttpServerResponse } from "@effect/platform"
import { Effect } from "effect"
import { Settings } from "../../src/Settings.ts"
import { LocalIdentity } from "../LocalIdentity.ts"

export const keySetRoute = { method: "GET", path: "/.well-known/jwks.json" } as const

/** The public keys of our own login tokens, for services that check them, too; 404 without AUTH_LOCAL. */
export const KeySet = HttpLayerRouter.use((router) =>
  Effect.gen(function* () {
    if (!hasKeySet(yield* Settings)) return
    const { jwks } = yield* Effect.provide(LocalIdentity, LocalIdentity.Default)
    const published = HttpServerResponse.unsafeJson(jwks)
    yield* router.add(keySetRoute.method, keySetRoute.path, Effect.succeed(published))
  }),
)

export const hasKeySet = ({ auth }: Settings["Type"]) => auth.provider._tag === "Local"
