/** Login tokens over HTTP: no bad one gets in, and no refusal tells why. */
import { KeySetServer } from "./credentials/KeySetServer.ts"
import { lenientGateway } from "./credentials/LenientGateway.ts"
import { localCases, localPair } from "./credentials/LocalTokens.ts"
import { Refusals } from "./credentials/Refusals.ts"
import { withDatabase, withGateway, type Place } from "./credentials/Stage.ts"
import { SteeredClock } from "./credentials/SteeredClock.ts"
import { Random } from "./Random.ts"
import type { Outcome, Row, Trial } from "./Row.ts"
import { Tally } from "./Tally.ts"
import { corpus } from "../layers/jwt/Corpus.ts"
import { goodTokens, goodTokensBy } from "../layers/jwt/GoodTokens.ts"
import { audience, issuer, now, provider, published, token } from "../layers/jwt/Tokens.ts"

const matching = { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience }

const run = ({ form, seed }: Trial): Promise<Outcome> =>
  withDatabase(async (place) => {
    const refusals = new Refusals(new Tally(), new Random(seed))
    const headers = form === "full" ? (["authorization", "x-api-key"] as const) : undefined
    await againstRemote(place, refusals, headers)
    await againstLocal(place, refusals, headers)
    return refusals.outcome()
  })

type Headers = ReadonlyArray<"authorization" | "x-api-key"> | undefined

/** With the keys of a provider that answers, and then of one that no longer does. */
const againstRemote = async (place: Place, refusals: Refusals, headers: Headers) => {
  const clock = new SteeredClock(now * 1000)
  const keys = await KeySetServer.start(published)
  const env = { AUTH_JWKS_URL: keys.url, ...matching }
  await withGateway(place, clock, env, async (url) => {
    await refusals.accepts(url, goodTokens)
    await refusals.refuses(url, corpus, { headers })
    keys.mood = "down"
    clock.age(11 * 60_000)
    await refusals.accepts(url, [token(provider.rsa), token(provider.ec)])
    await refusals.refuses(url, corpus, { headers, share: headers ? 1 : 0.2, isAway: true })
    await refusals.accepts(url, goodTokens)
  }).finally(keys.stop)
}

/** With the key that the gateway made for itself, turned against it. */
const againstLocal = async (place: Place, refusals: Refusals, headers: Headers) => {
  const clock = new SteeredClock(now * 1000)
  await withGateway(place, clock, { AUTH_LOCAL: "on", ...matching }, async (url) => {
    const pair = await localPair(place.folder)
    await refusals.accepts(url, goodTokensBy(pair))
    await refusals.refuses(url, localCases(pair), { headers })
    await refusals.refuses(url, corpus, { headers, share: headers ? 1 : 0.2 })
  })
}

/** The same tokens, sent to verifiers that each lack one protection: all of them must let some in. */
const control = async ({ seed }: Trial): Promise<Outcome> => {
  const { stop, tricked, url } = await lenientGateway()
  const refusals = new Refusals(new Tally(), new Random(seed))
  await refusals.refuses(url, corpus, {}).finally(stop)
  const outcome = refusals.outcome()
  return { ...outcome, failures: tricked() ? outcome.failures : 0 }
}

export const S5: Row = {
  promise: "no bad login token gets in, and no refusal tells why",
  run,
  control,
}
