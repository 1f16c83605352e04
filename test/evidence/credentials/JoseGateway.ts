import * as http from "node:http"
import {
  createRemoteJWKSet,
  type ExportedJWKSCache,
  type JWKSCacheInput,
  jwksCache,
  jwtVerify,
} from "jose"
import { audience, issuer } from "../../layers/jwt/Tokens.ts"
import type { KeySetServer } from "./KeySetServer.ts"
import { listen } from "./Listening.ts"
import type { SteeredClock } from "./SteeredClock.ts"

/**
 * Verifies login tokens with jose's own cache of keys, as it comes. That one reads the system's clock, so
 * its cache is handed to it as old as the steered clock says that it is.
 */
export const joseGateway = async (keys: KeySetServer, clock: SteeredClock) => {
  let cache: ExportedJWKSCache | undefined
  let fetchedAt = 0
  const verify = async (token: string) => {
    const uat = Date.now() - (clock.elapsedMillis() - fetchedAt)
    const aged = (cache === undefined ? {} : { ...cache, uat }) as JWKSCacheInput
    const keySet = createRemoteJWKSet(new URL(keys.url), { [jwksCache]: aged })
    const currentDate = new Date(clock.unsafeCurrentTimeMillis())
    await jwtVerify(token, keySet, { issuer, audience, currentDate }).finally(() => {
      if (aged["uat"] === undefined || aged["uat"] === uat) return
      fetchedAt = clock.elapsedMillis()
      cache = aged as ExportedJWKSCache
    })
  }
  const server = http.createServer(({ headers }, response) => {
    const answer = (status: number) => () => response.writeHead(status).end("{}")
    verify(String(headers.authorization).slice(7)).then(answer(200), answer(401))
  })
  return listen(server)
}
