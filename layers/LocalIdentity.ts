import { Clock, Duration, Effect, Layer, Option } from "effect"
import { calculateJwkThumbprint, type JSONWebKeySet, type JWK, SignJWT } from "jose"
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto"
import * as path from "node:path"
import type { OrganizationId } from "../src/domain/Organization.ts"
import { Settings } from "../src/Settings.ts"
import { KeySetSource } from "./jwt/KeySetSource.ts"
import * as KeyFile from "./secrets/KeyFile.ts"

export interface LoginDraft {
  readonly organization: OrganizationId
  readonly role: "member" | "admin" | "owner"
  /** Who logs in; becomes the `sub`. */
  readonly subject: string
  readonly ttl: Duration.DurationInput
  readonly superAdmin?: boolean
}

const algorithm = "ES256"

/**
 * An identity provider for those who have none: one key pair in DATA_DIR, and tokens that carry the
 * claims the settings name. Whoever can read `identity.key` can be anybody.
 */
export class LocalIdentity extends Effect.Service<LocalIdentity>()("layers/LocalIdentity", {
  effect: Effect.gen(function* () {
    const { auth, dataDir } = yield* Settings
    const { provider } = auth
    const privateKey = yield* keyIn(path.join(dataDir, "identity.key"))
    const publicKey = yield* Effect.promise(() => publicJwk(privateKey))
    const jwks: JSONWebKeySet = { keys: [publicKey] }
    const header = { alg: algorithm, kid: publicKey.kid!, typ: "JWT" }

    /** Signs a token that this gateway accepts while AUTH_LOCAL is on. */
    const issue = Effect.fn("LocalIdentity.issue")(function* (draft: LoginDraft) {
      if (provider._tag !== "Local") return yield* Effect.dieMessage("AUTH_LOCAL is off")
      const now = Math.floor((yield* Clock.currentTimeMillis) / 1000)
      const claims = {
        iss: provider.issuer,
        aud: provider.audience,
        sub: draft.subject,
        iat: now,
        exp: now + Math.floor(Duration.toSeconds(draft.ttl)),
        [auth.organizationClaim]: draft.organization,
        [auth.roleClaim]: draft.role,
        ...(draft.superAdmin === true && { [auth.platformClaim]: "super_admin" }),
      }
      return yield* Effect.promise(() =>
        new SignJWT(claims).setProtectedHeader(header).sign(privateKey),
      )
    })

    /** `jwks` is public: what `/.well-known/jwks.json` answers. */
    return { issue, jwks } as const
  }),
}) {
  /** Lets the verifier read the keys where they are, without a request to ourselves. */
  static readonly keySetSource = Layer.effect(
    KeySetSource,
    Effect.map(LocalIdentity, ({ jwks }) => ({ fetch: Effect.succeed(jwks) })),
  ).pipe(Layer.provide(LocalIdentity.Default))
}

const keyIn = Effect.fnUntraced(function* (file: string) {
  const pem = () =>
    generateKeyPairSync("ec", { namedCurve: "P-256" })
      .privateKey.export({ type: "pkcs8", format: "pem" })
      .toString()
      .trim()
  if (Option.isNone(yield* KeyFile.read(file))) yield* KeyFile.create(file, pem())
  const text = Option.getOrThrow(yield* KeyFile.read(file))
  return yield* Effect.try({
    try: () => createPrivateKey(text),
    catch: () => new KeyFile.KeyFileUnusable({ file, reason: "a private key in PEM expected" }),
  })
})

/** The key id is the key's own thumbprint, so another key always has another id. */
const publicJwk = async (privateKey: KeyObject): Promise<JWK> => {
  const jwk = createPublicKey(privateKey).export({ format: "jwk" }) as JWK
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: algorithm, use: "sig" }
}
