import { describe, expect, it, layer } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Effect, Either, Layer, TestClock } from "effect"
import { IdentityKeys } from "../../../layers/jwt/IdentityKeys.ts"
import { KeySetSource } from "../../../layers/jwt/KeySetSource.ts"
import { LoginTokens } from "../../../layers/jwt/LoginTokens.ts"
import { TokenInvalid } from "../../../layers/jwt/TokenInvalid.ts"
import { Settings } from "../../../src/Settings.ts"
import { corpus } from "./Corpus.ts"
import { goodTokens } from "./GoodTokens.ts"
import { lacking } from "./Lenient.ts"
import {
  audience,
  claims,
  issuer,
  now,
  organization,
  provider,
  published,
  token,
} from "./Tokens.ts"

const settings = Settings.parse({
  AUTH_JWKS_URL: "https://id.example.com/jwks.json",
  AUTH_ISSUER: issuer,
  AUTH_AUDIENCE: audience,
})

const Verifier = LoginTokens.Default.pipe(
  Layer.provide(IdentityKeys.Default),
  Layer.provide([
    Layer.succeed(KeySetSource, { fetch: Effect.succeed(published) }),
    Layer.succeed(Settings, Either.getOrThrow(settings)),
  ]),
)

const { rsa } = provider
const verify = (text: string) => Effect.flatMap(LoginTokens, (tokens) => tokens.verify(text))
const atNow = TestClock.setTime(now * 1000)

const medianMillis = (token: string, rounds: number) =>
  Effect.gen(function* () {
    const times: Array<number> = []
    for (let round = 0; round < rounds; round++) {
      const began = performance.now()
      yield* Effect.either(verify(token))
      times.push(performance.now() - began)
    }
    return times.sort((left, right) => left - right)[rounds >> 1]!
  })

layer(Verifier)("LoginTokens.verify", (it) => {
  it.effect("accepts every good token", () =>
    Effect.gen(function* () {
      yield* atNow
      for (const text of goodTokens) yield* verify(text)
      strictEqual(goodTokens.length, 57)
    }),
  )

  it.effect("says who logged in, where, until when", () =>
    Effect.gen(function* () {
      yield* atNow
      deepStrictEqual<unknown>(yield* verify(token(rsa)), {
        organizationId: organization,
        subject: "user_1",
        userId: "user_1",
        capabilities: new Set(["read", "send", "manage"]),
        superAdmin: false,
        expiresAt: claims.exp * 1000,
      })
    }),
  )

  it.effect("gives members no right to manage", () =>
    Effect.gen(function* () {
      yield* atNow
      const { capabilities } = yield* verify(token(rsa, { role: "member" }))
      deepStrictEqual(capabilities, new Set(["read", "send"]))
    }),
  )

  it.effect("opens the platform for exactly one word", () =>
    Effect.gen(function* () {
      yield* atNow
      const admin = (platform_role: unknown) =>
        Effect.map(verify(token(rsa, { platform_role })), ({ superAdmin }) => superAdmin)
      strictEqual(yield* admin("super_admin"), true)
      for (const other of ["Super_Admin", "admin", true, 1, ["super_admin"], {}, null, ""])
        strictEqual(yield* admin(other), false)
    }),
  )

  it.effect(`refuses all of ${corpus.length} bad tokens with the one failure, fast`, () =>
    Effect.gen(function* () {
      yield* atNow
      yield* verify(token(rsa))
      assertTrue(corpus.length >= 1000)
      const notRefused: Array<string> = []
      const slow: Array<string> = []
      for (const { name, token } of corpus) {
        const result = yield* Effect.either(verify(token))
        if (Either.isRight(result) || !(result.left instanceof TokenInvalid)) notRefused.push(name)
        // Twice, because a busy machine is no slow verifier.
        if ((yield* medianMillis(token, 3)) > 5 && (yield* medianMillis(token, 25)) > 5)
          slow.push(name)
      }
      deepStrictEqual(notRefused, [])
      deepStrictEqual(slow, [])
    }),
  )
})

describe("the corpus, against verifiers that lack something", () => {
  it.each(Object.entries(lacking))("is accepted in part without %s", async (_, verify) => {
    const results = await Promise.allSettled(corpus.map(({ token }) => verify(token)))
    expect(results.filter(({ status }) => status === "fulfilled").length).toBeGreaterThan(0)
  })
})
