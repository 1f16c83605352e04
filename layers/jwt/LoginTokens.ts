import { Clock, Effect, Layer, Option } from "effect"
import { jwtVerify } from "jose"
import { type AuthSettings, Settings } from "../../src/Settings.ts"
import { LocalIdentity } from "../LocalIdentity.ts"
import { HttpKeySetSource } from "./HttpKeySetSource.ts"
import { IdentityKeys } from "./IdentityKeys.ts"
import { loginOf } from "./Login.ts"
import { TokenInvalid } from "./TokenInvalid.ts"
import { headerOf } from "./TokenShape.ts"

/** How far the provider's clock may be from ours, in seconds. */
const tolerance = 30

/** Turns a login token of the identity provider into who logged in. */
export class LoginTokens extends Effect.Service<LoginTokens>()("layers/jwt/LoginTokens", {
  effect: Effect.gen(function* () {
    const { auth } = yield* Settings
    const keys = yield* IdentityKeys
    const options = { ...expectedBy(auth), requiredClaims: ["exp"], clockTolerance: tolerance }

    /** Fails with `TokenInvalid`, or with `KeysUnavailable` while nobody can tell. */
    const verify = Effect.fn("LoginTokens.verify")(function* (token: string) {
      const header = Option.getOrUndefined(headerOf(token, auth.algorithms))
      if (header === undefined) return yield* new TokenInvalid()
      const key = yield* keys.get(header)
      const currentDate = new Date(yield* Clock.currentTimeMillis)
      const { payload } = yield* Effect.tryPromise({
        try: () => jwtVerify(token, key, { ...options, currentDate }),
        catch: () => new TokenInvalid(),
      })
      const login = Option.getOrUndefined(loginOf(payload, auth))
      return login ?? (yield* new TokenInvalid())
    })

    return { verify } as const
  }),
}) {
  /** Trusts whom the settings name; nobody when they name nobody. */
  static readonly layer = Layer.unwrapEffect(
    Effect.map(Settings, ({ auth: { provider } }) => {
      const keys = IdentityKeys.Default
      if (provider._tag === "None") return trustsNobody
      const source =
        provider._tag === "Local" ? LocalIdentity.keySetSource : HttpKeySetSource(provider.jwksUrl)
      return LoginTokens.Default.pipe(Layer.provide(keys), Layer.provide(source))
    }),
  )
}

const trustsNobody = Layer.succeed(
  LoginTokens,
  new LoginTokens({ verify: () => Effect.fail(new TokenInvalid()) }),
)

const expectedBy = ({ algorithms, provider }: AuthSettings) => {
  if (provider._tag === "None") return { algorithms: [] }
  const { audience, issuer } = provider
  return { algorithms: [...algorithms], issuer, audience }
}
