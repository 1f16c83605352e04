import { Effect, Layer, Option } from "effect"
import type { Principal } from "../src/domain/Principal.ts"
import { ApiKeys } from "../src/ports/ApiKeys.ts"
import { Organizations } from "../src/ports/Organizations.ts"
import { Credentials as CredentialsTag } from "./http/Credentials.ts"
import { Refusal } from "./http/Refusal.ts"
import { LoginTokens } from "./jwt/LoginTokens.ts"

/**
 * API keys by their prefix; everything else is taken for a login token. One of an organization that
 * does not exist here is not valid, whoever signed it.
 */
export const Credentials = Layer.effect(
  CredentialsTag,
  Effect.gen(function* () {
    const keys = yield* ApiKeys
    const logins = yield* LoginTokens
    const organizations = yield* Organizations

    const verifyLogin = (token: string) =>
      logins.verify(token).pipe(
        Effect.flatMap((login) =>
          Effect.map(organizations.has(login.organizationId), (known) =>
            known ? Option.some<Principal["Type"]>(login) : Option.none(),
          ),
        ),
        Effect.catchTags({
          TokenInvalid: () => Effect.succeedNone,
          KeysUnavailable: () => Effect.die(providerAway),
        }),
      )

    return {
      verify: (token) => (token.startsWith("wa_") ? keys.verify(token) : verifyLogin(token)),
      recall: keys.recall,
    }
  }),
).pipe(Layer.provide(LoginTokens.layer))

/** Not the caller's fault: the token may well be good. */
const providerAway = new Refusal({
  code: "unavailable",
  message: "the identity provider is away",
  details: { retryAfterSeconds: 30 },
})
