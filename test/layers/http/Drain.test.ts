import { HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { describe, it } from "@effect/vitest"
import { assertTrue, strictEqual } from "@effect/vitest/utils"
import { Deferred, Effect, Fiber, TestClock } from "effect"
import { IncomingMessage, ServerResponse } from "node:http"
import { Socket } from "node:net"
import { Drain } from "../../../layers/http/Drain.ts"

const responseOn = (socket: Socket) => new ServerResponse(new IncomingMessage(socket))

/** The request whose answer goes out by this response. */
const requestOf = (response: ServerResponse, path = "/") =>
  Object.assign(HttpServerRequest.fromWeb(new Request(`http://gateway${path}`)), { response })

const answered = (response = responseOn(new Socket()), path?: string) =>
  Effect.provideService(HttpServerRequest.HttpServerRequest, requestOf(response, path))

/** As the server closes: in a finalizer, which nothing may interrupt. */
const leaving = Effect.flatMap(Drain, ({ leave }) => Effect.fork(Effect.uninterruptible(leave)))

const hasLeft = (left: Fiber.Fiber<void>) =>
  Effect.map(Fiber.poll(left), (exit) => exit._tag === "Some")

describe("Drain.leave", () => {
  it.effect("waits for who is inside until their answer is sent, and refuses who comes later", () =>
    Effect.gen(function* () {
      const { guard } = yield* Drain
      const opened = yield* Deferred.make<void>()
      const response = responseOn(new Socket())
      const inside = guard(Effect.as(Deferred.await(opened), HttpServerResponse.empty()))
      const answer = yield* Effect.fork(inside.pipe(answered(response)))
      yield* Effect.yieldNow()
      const left = yield* leaving
      yield* TestClock.adjust("1 second")
      strictEqual((yield* guard(HttpServerResponse.empty()).pipe(answered())).status, 503)
      yield* Deferred.succeed(opened, undefined)
      strictEqual((yield* answer).status, 204)
      yield* TestClock.adjust("1 second")
      assertTrue(!(yield* hasLeft(left)))
      response.emit("close")
      yield* TestClock.adjust("50 millis")
      assertTrue(yield* hasLeft(left))
    }).pipe(Effect.provide(Drain.layer)),
  )

  it.effect("waits for what a caller began who hung up", () =>
    Effect.gen(function* () {
      const { guard } = yield* Drain
      const opened = yield* Deferred.make<void>()
      const response = responseOn(new Socket())
      const inside = guard(Effect.as(Deferred.await(opened), HttpServerResponse.empty()))
      yield* Effect.fork(inside.pipe(answered(response)))
      yield* Effect.yieldNow()
      response.emit("close")
      const left = yield* leaving
      yield* TestClock.adjust("1 second")
      assertTrue(!(yield* hasLeft(left)))
      yield* Deferred.succeed(opened, undefined)
      yield* TestClock.adjust("50 millis")
      assertTrue(yield* hasLeft(left))
    }).pipe(Effect.provide(Drain.layer)),
  )

  it.effect("loses its patience with who stays inside", () =>
    Effect.gen(function* () {
      const { guard } = yield* Drain
      yield* Effect.fork(guard(Effect.never).pipe(answered()))
      yield* Effect.yieldNow()
      const left = yield* leaving
      yield* TestClock.adjust("5 seconds")
      assertTrue(!(yield* hasLeft(left)))
      yield* TestClock.adjust("1 second")
      assertTrue(yield* hasLeft(left))
    }).pipe(Effect.provide(Drain.layer)),
  )
})

describe("Drain.guard", () => {
  const enterMany = (count: number, socketOf: () => Socket) =>
    Effect.map(Drain, ({ enter }) => {
      const responses = Array.from({ length: count }, () => responseOn(socketOf()))
      for (const response of responses) assertTrue(enter(response))
      return responses
    })

  it.effect("refuses who comes to a process that carries all it can, until somebody leaves", () =>
    Effect.gen(function* () {
      const { guard } = yield* Drain
      const [first] = yield* enterMany(1000, () => new Socket())
      const app = guard(HttpServerResponse.empty())
      strictEqual((yield* app.pipe(answered())).status, 503)
      strictEqual((yield* app.pipe(answered(responseOn(new Socket()), "/health/live"))).status, 204)
      first!.emit("close")
      strictEqual((yield* app.pipe(answered())).status, 204)
    }).pipe(Effect.provide(Drain.layer)),
  )

  it.effect("refuses what one connection sends far ahead of its answers", () =>
    Effect.gen(function* () {
      const { guard } = yield* Drain
      const socket = new Socket()
      const [first] = yield* enterMany(16, () => socket)
      const app = guard(HttpServerResponse.empty())
      strictEqual((yield* app.pipe(answered(responseOn(socket)))).status, 503)
      strictEqual((yield* app.pipe(answered())).status, 204)
      first!.emit("close")
      strictEqual((yield* app.pipe(answered(responseOn(socket)))).status, 204)
    }).pipe(Effect.provide(Drain.layer)),
  )
})
