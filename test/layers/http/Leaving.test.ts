import { HttpServer } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Context, Deferred, Effect, Exit, Fiber, Layer, Scope } from "effect"
import { get, type IncomingMessage } from "node:http"
import { setTimeout as pause } from "node:timers/promises"
import { Drain } from "../../../layers/http/Drain.ts"
import { type Answer, baseUrl, send } from "../../support/Http.ts"
import { floodBytes, Gate, pageOrigin, ProbeServer } from "../../support/ProbeServer.ts"

/** A server that is closed by the test itself. */
const opened = Effect.gen(function* () {
  const scope = yield* Scope.make()
  const context = yield* Layer.buildWithScope(Layer.fresh(ProbeServer), scope)
  const server = Context.get(context, HttpServer.HttpServer)
  const { draining } = Context.get(context, Drain)
  return {
    gate: Context.get(context, Gate),
    close: Scope.close(scope, Exit.void),
    begun: Effect.promise(async () => {
      while (!draining()) await pause(1)
    }),
    here: Effect.provideService(HttpServer.HttpServer, server),
  }
})

const answerTo = (url: string) =>
  Effect.async<IncomingMessage>((resume) => {
    get(url, { headers: { authorization: "Bearer read" } }, (response) =>
      resume(Effect.succeed(response)),
    )
  })

/** Takes a little at a time, for longer than connections are kept once nobody is inside. */
const readSlowly = async (response: IncomingMessage) => {
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    await pause(2)
  }
  return size
}

const exposed = "allow,retry-after,www-authenticate,x-request-id"

const corsOf = ({ headers }: Answer) =>
  ["access-control-allow-origin", "vary", "access-control-expose-headers"].map((name) =>
    headers.get(name),
  )

describe("a server that leaves", () => {
  it.live("gives a slow reader the whole of a large answer", () =>
    Effect.gen(function* () {
      const { begun, close, here } = yield* opened
      const url = yield* here(baseUrl)
      const response = yield* answerTo(`${url}/api/v1/probe/flood`)
      const closed = yield* Effect.fork(close)
      yield* begun
      expect(yield* Effect.promise(() => readSlowly(response))).toBe(floodBytes)
      yield* Fiber.join(closed)
    }),
  )

  it.live("says that it lives and is not ready, and refuses all else", () =>
    Effect.gen(function* () {
      const { begun, close, gate, here } = yield* opened
      const waiting = yield* Effect.fork(
        here(send("/api/v1/probe", { as: "manage", method: "DELETE" })),
      )
      yield* Deferred.await(gate.entered)
      const closed = yield* Effect.fork(close)
      yield* begun
      expect((yield* here(send("/health/live"))).status).toBe(200)
      const ready = yield* here(send("/health/ready"))
      expect([ready.status, ready.body.error.message]).toEqual([503, "shutting down"])
      const late = yield* here(send("/api/v1/probe", { as: "read" }))
      expect([late.status, late.body.error.code]).toEqual([503, "unavailable"])
      expect(late.headers.get("retry-after")).toBe("1")
      expect(late.headers.get("connection")).toBe("close")
      const page = yield* here(send("/api/v1/probe", { headers: { origin: pageOrigin } }))
      expect([page.status, ...corsOf(page)]).toEqual([503, pageOrigin, "Origin", exposed])
      yield* Deferred.succeed(gate.opened, undefined)
      expect((yield* Fiber.join(waiting)).status).toBe(204)
      yield* Fiber.join(closed)
    }),
  )
})
