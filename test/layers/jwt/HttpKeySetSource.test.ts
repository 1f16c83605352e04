import { it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { describe } from "vitest"
import { HttpKeySetSource } from "../../../layers/jwt/HttpKeySetSource.ts"
import { KeySetSource, KeySetUnreadable } from "../../../layers/jwt/KeySetSource.ts"
import { published } from "./Tokens.ts"

/** Answers on loopback until the scope closes; remembers the paths it was asked for. */
const serving = (answer: http.RequestListener) =>
  Effect.acquireRelease(
    Effect.async<{ readonly server: http.Server; readonly paths: Array<string> }>((resume) => {
      const paths: Array<string> = []
      const server = http.createServer((request, response) => {
        paths.push(request.url ?? "")
        answer(request, response)
      })
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed({ server, paths })))
    }),
    ({ server }) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      }),
  )

const fetchFrom = (server: http.Server) => {
  const { port } = server.address() as AddressInfo
  return Effect.flatMap(KeySetSource, (source) => source.fetch).pipe(
    Effect.provide(HttpKeySetSource(new URL(`http://127.0.0.1:${port}/jwks`))),
  )
}

describe("HttpKeySetSource", () => {
  it.scopedLive("reads the keys of the provider", () =>
    Effect.gen(function* () {
      const { server } = yield* serving((_, response) => response.end(JSON.stringify(published)))
      deepStrictEqual(yield* fetchFrom(server), published)
    }),
  )

  it.scopedLive("follows no redirect", () =>
    Effect.gen(function* () {
      const { paths, server } = yield* serving(({ url }, response) =>
        url === "/jwks"
          ? response.writeHead(302, { location: "/elsewhere" }).end()
          : response.end(JSON.stringify(published)),
      )
      assertTrue((yield* Effect.flip(fetchFrom(server))) instanceof KeySetUnreadable)
      deepStrictEqual(paths, ["/jwks"])
    }),
  )

  it.scopedLive("stops reading after 256 kB", () =>
    Effect.gen(function* () {
      let sent = 0
      const { server } = yield* serving((_, response) => {
        const more = () => {
          while (!response.destroyed && response.write("x".repeat(65_536))) sent += 65_536
        }
        response.on("drain", more)
        more()
      })
      strictEqual((yield* Effect.flip(fetchFrom(server)))._tag, "KeySetUnreadable")
      assertTrue(sent < 16_000_000)
    }),
  )

  for (const [name, status, body] of [
    ["an error", 500, JSON.stringify(published)],
    ["another success", 206, JSON.stringify(published)],
    ["no JSON", 200, "<html>"],
    ["null", 200, "null"],
    ["no set", 200, '{"kty":"RSA"}'],
    ["an empty set", 200, '{"keys":[]}'],
    ["nothing", 200, ""],
  ] as const)
    it.scopedLive(`takes ${name} for an outage`, () =>
      Effect.gen(function* () {
        const { server } = yield* serving((_, response) => response.writeHead(status).end(body))
        assertTrue((yield* Effect.flip(fetchFrom(server))) instanceof KeySetUnreadable)
      }),
    )

  it.scopedLive("hangs up when nobody waits any longer", () =>
    Effect.gen(function* () {
      let hungUp = () => {}
      const gone = new Promise<void>((resolve) => (hungUp = resolve))
      const { server } = yield* serving((request) => request.socket.on("close", hungUp))
      yield* Effect.ignore(Effect.timeout(fetchFrom(server), "100 millis"))
      yield* Effect.promise(() => gone)
    }),
  )
})
