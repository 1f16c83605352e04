/** A provider that is away, slow or changing its keys, over a day that passes in seconds. */
import { joseGateway } from "./credentials/JoseGateway.ts"
import { KeySetServer, type Mood } from "./credentials/KeySetServer.ts"
import { ProviderDay } from "./credentials/ProviderDay.ts"
import { withDatabase, withGateway } from "./credentials/Stage.ts"
import { SteeredClock } from "./credentials/SteeredClock.ts"
import { Random } from "./Random.ts"
import type { Outcome, Row, Trial } from "./Row.ts"
import { audience, issuer, keySet, now, provider } from "../layers/jwt/Tokens.ts"

const outages: Readonly<Record<Trial["form"], ReadonlyArray<Mood>>> = {
  short: ["down", "silent", "garbage"],
  full: ["down", "silent", "slow", "garbage", "empty"],
}

const run = ({ form, seed }: Trial): Promise<Outcome> =>
  withDatabase(async (place) => {
    const clock = new SteeredClock(now * 1000)
    const keys = await KeySetServer.start(keySet(provider.ec), () => clock.elapsedMillis())
    const matching = { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience }
    return withGateway(place, clock, { AUTH_JWKS_URL: keys.url, ...matching }, async (url) => {
      const stepSeconds = form === "full" ? 60 : 600
      const day = new ProviderDay({ url, keys, clock, random: new Random(seed), stepSeconds })
      for (const mood of outages[form]) await day.without(mood)
      await day.rotating()
      await day.changing()
      return day.outcome()
    }).finally(keys.stop)
  })

/** jose's own remote key set, at its defaults, through the same day. */
const control = async ({ seed }: Trial): Promise<Outcome> => {
  const clock = new SteeredClock(now * 1000)
  const keys = await KeySetServer.start(keySet(provider.ec), () => clock.elapsedMillis())
  const { stop, url } = await joseGateway(keys, clock)
  const day = new ProviderDay({ url, keys, clock, random: new Random(seed), stepSeconds: 600 })
  await day.without("down")
  await Promise.all([stop(), keys.stop()])
  return day.outcome()
}

export const R16: Row = {
  promise: "a provider that is away for a day keeps nobody out",
  run,
  control,
}
