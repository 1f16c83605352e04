import { describe, expect, it } from "@effect/vitest"
import { Effect, Either, Layer } from "effect"
import { once } from "node:events"
import { type AddressInfo, connect, type Socket } from "node:net"
import { NodeServer } from "../../../layers/http/NodeServer.ts"
import { Settings } from "../../../src/Settings.ts"

const serverWith = (env: Readonly<Record<string, string>>) =>
  NodeServer.layer.pipe(
    Layer.provide(Layer.succeed(Settings, Either.getOrThrow(Settings.parse(env)))),
  )

/** On a free port, until the scope closes. */
const port = Effect.gen(function* () {
  const server = yield* NodeServer
  server.on("request", (_, response) => response.end("heard"))
  yield* Effect.acquireRelease(
    Effect.promise(() => once(server.listen(0, "127.0.0.1"), "listening")),
    () => Effect.sync(() => (server.closeAllConnections(), server.close())),
  )
  return (server.address() as AddressInfo).port
})

/** Says it, and collects what comes back until the other side closes or has answered. */
const said = async (socket: Socket, bytes: string) => {
  let answer = ""
  socket.setEncoding("utf8")
  socket.on("data", (chunk: string) => (answer += chunk)).on("error", () => {})
  const over = Promise.race([once(socket, "close"), once(socket, "data")])
  socket.write(bytes)
  await over
  return answer
}

const request = "GET / HTTP/1.1\r\nhost: a\r\n\r\n"

describe("NodeServer", () => {
  it.scopedLive("takes no more connections than the settings allow", () =>
    Effect.gen(function* () {
      const at = yield* port
      const sockets = [connect(at, "127.0.0.1"), connect(at, "127.0.0.1")]
      for (const socket of sockets)
        expect(yield* Effect.promise(() => said(socket, request))).toContain("heard")
      const third = connect(at, "127.0.0.1")
      expect(yield* Effect.promise(() => said(third, request))).toBe("")
      for (const socket of sockets) socket.destroy()
    }).pipe(Effect.provide(serverWith({ MAX_CONNECTIONS: "2" }))),
  )

  it.scopedLive("refuses a head that never ends, with an envelope", () =>
    Effect.gen(function* () {
      const at = yield* port
      const socket = connect(at, "127.0.0.1")
      const answer = yield* Effect.promise(() => said(socket, "GET / HTTP/1.1\r\nhost: a\r\n"))
      expect(answer).toMatch(/^HTTP\/1\.1 400 /)
      expect(answer).toContain('"validation_error"')
    }).pipe(Effect.provide(serverWith({ REQUEST_TIMEOUT_SECONDS: "1" }))),
  )
})
