import { HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { describe, it } from "@effect/vitest"
import { assertTrue, strictEqual } from "@effect/vitest/utils"
import { Deferred, Effect, Fiber, TestClock } from "effect"
import { Drain } from "../../../layers/http/Drain.ts"

const request = HttpServerRequest.fromWeb(new Request("http://gateway/"))

/** As the server closes: in a finalizer, which nothing may interrupt. */
const leaving = Effect.flatMap(Drain, ({ leave }) => Effect.fork(Effect.uninterruptible(leave)))

describe("Drain.leave", () => {
  it.effect("waits for who is inside, and refuses who comes later", () =>
    Effect.gen(function* () {
      const { guard } = yield* Drain
      const opened = yield* Deferred.make<void>()
      const inside = guard(Effect.as(Deferred.await(opened), HttpServerResponse.empty()))
      const answered = yield* Effect.fork(inside)
      yield* Effect.yieldNow()
      const left = yield* leaving
      yield* TestClock.adjust("1 second")
      strictEqual((yield* guard(HttpServerResponse.empty())).status, 503)
      assertTrue((yield* Fiber.poll(left))._tag === "None")
      yield* Deferred.succeed(opened, undefined)
      yield* TestClock.adjust("50 millis")
      yield* Fiber.join(left)
      strictEqual((yield* answered).status, 204)
    }).pipe(
      Effect.provide(Drain.layer),
      Effect.provideService(HttpServerRequest.HttpServerRequest, request),
    ),
  )

  it.effect("loses its patience with who stays inside", () =>
    Effect.gen(function* () {
      const { guard } = yield* Drain
      yield* Effect.fork(guard(Effect.never))
      yield* Effect.yieldNow()
      const left = yield* leaving
      yield* TestClock.adjust("8 seconds")
      assertTrue((yield* Fiber.poll(left))._tag === "Some")
    }).pipe(
      Effect.provide(Drain.layer),
      Effect.provideService(HttpServerRequest.HttpServerRequest, request),
    ),
  )
})
