import { it } from "@effect/vitest"
import { assertTrue, strictEqual } from "@effect/vitest/utils"
import { Clock, Effect, Either, Fiber, Layer, TestClock } from "effect"
import type { JSONWebKeySet } from "jose"
import { describe } from "vitest"
import { IdentityKeys, KeysUnavailable } from "../../../layers/jwt/IdentityKeys.ts"
import { KeySetSource, KeySetUnreadable } from "../../../layers/jwt/KeySetSource.ts"
import { TokenInvalid } from "../../../layers/jwt/TokenInvalid.ts"
import { headerOf, keySet, next, provider } from "./Tokens.ts"

/** A provider whose answer can be changed; remembers when it was asked. */
const makeProvider = () => {
  const asked: Array<number> = []
  const answers = (keys: JSONWebKeySet): KeySetSource["Type"]["fetch"] => Effect.succeed(keys)
  const state = { fetch: answers(keySet(provider.ec)) }
  const source = Layer.succeed(KeySetSource, {
    fetch: Effect.flatMap(Clock.currentTimeMillis, (now) => {
      asked.push(now)
      return state.fetch
    }),
  })
  return {
    asked,
    answers: (keys: JSONWebKeySet) => (state.fetch = answers(keys)),
    goesDown: () => (state.fetch = new KeySetUnreadable({ reason: "status 500" })),
    hangs: () => (state.fetch = Effect.never),
    keys: Layer.fresh(IdentityKeys.Default).pipe(Layer.provide(source)),
  }
}

const get = (pair = provider.ec, kid = pair.kid) =>
  Effect.either(Effect.flatMap(IdentityKeys, (keys) => keys.get({ ...headerOf(pair), kid })))
const accepted = (pair = provider.ec) => Effect.map(get(pair), Either.isRight)
const failure = (pair = provider.ec, kid = pair.kid) =>
  Effect.map(get(pair, kid), (result) => (Either.isLeft(result) ? result.left : undefined))

const most = (asked: ReadonlyArray<number>, within: number) =>
  Math.max(...asked.map((from) => asked.filter((at) => at >= from && at < from + within).length))

describe("IdentityKeys", () => {
  it.effect("asks for nothing until a token comes, then once for ten minutes", () => {
    const identity = makeProvider()
    return Effect.gen(function* () {
      yield* Effect.flatMap(IdentityKeys, () => Effect.void)
      strictEqual(identity.asked.length, 0)
      for (let step = 0; step < 60; step++) {
        assertTrue(yield* accepted())
        yield* TestClock.adjust("9990 millis")
      }
      assertTrue(yield* accepted())
      strictEqual(identity.asked.length, 1)
      yield* TestClock.adjust("600 millis")
      assertTrue(yield* accepted())
      strictEqual(identity.asked.length, 2)
    }).pipe(Effect.provide(identity.keys))
  })

  it.effect("refuses no valid token in 24 hours without the provider (R16)", () => {
    const identity = makeProvider()
    return Effect.gen(function* () {
      assertTrue(yield* accepted())
      identity.goesDown()
      for (let step = 0; step < 24 * 12; step++) {
        yield* TestClock.adjust("5 minutes")
        assertTrue(yield* accepted())
      }
      assertTrue(identity.asked.length > 280)
    }).pipe(Effect.provide(identity.keys))
  })

  it.effect("says that nobody can tell once the keys are a day old", () => {
    const identity = makeProvider()
    return Effect.gen(function* () {
      assertTrue(yield* accepted())
      identity.goesDown()
      yield* TestClock.adjust("1455 minutes")
      assertTrue((yield* failure()) instanceof KeysUnavailable)
    }).pipe(Effect.provide(identity.keys))
  })

  it.effect("says that nobody can tell when the provider never answered, and recovers", () => {
    const identity = makeProvider()
    identity.goesDown()
    return Effect.gen(function* () {
      for (let step = 0; step < 150; step++) {
        assertTrue((yield* failure()) instanceof KeysUnavailable)
        yield* TestClock.adjust("2 seconds")
      }
      strictEqual(most(identity.asked, 60_000), 2)
      identity.answers(keySet(provider.ec))
      yield* TestClock.adjust("30 seconds")
      assertTrue(yield* accepted())
    }).pipe(Effect.provide(identity.keys))
  })

  it.effect("accepts a rotated key within a minute, whenever it comes (R16)", () => {
    const identity = makeProvider()
    return Effect.gen(function* () {
      for (let offset = 0; offset < 600; offset += 37) {
        identity.answers(keySet(provider.ec))
        yield* TestClock.adjust("11 minutes")
        assertTrue(yield* accepted())
        yield* TestClock.adjust(`${offset} seconds`)
        identity.answers(keySet(provider.ec, next))
        let waited = 0
        for (; !(yield* accepted(next)); waited++) yield* TestClock.adjust("1 second")
        assertTrue(waited <= 60)
      }
      assertTrue(most(identity.asked, 60_000) <= 2)
    }).pipe(Effect.provide(identity.keys))
  })

  it.effect("asks at most twice a minute for made-up key ids", () => {
    const identity = makeProvider()
    return Effect.gen(function* () {
      for (let count = 0; count < 3000; count++) {
        assertTrue((yield* failure(provider.ec, `made-up-${count}`)) instanceof TokenInvalid)
        if (count % 20 === 0) yield* TestClock.adjust("2 seconds")
      }
      strictEqual(most(identity.asked, 60_000), 2)
    }).pipe(Effect.provide(identity.keys))
  })

  it.effect("does not call a key unknown that the provider could not be asked about", () => {
    const identity = makeProvider()
    return Effect.gen(function* () {
      assertTrue(yield* accepted())
      identity.goesDown()
      yield* TestClock.adjust("1 minute")
      assertTrue((yield* failure(next)) instanceof KeysUnavailable)
    }).pipe(Effect.provide(identity.keys))
  })

  it.effect("asks once for all who wait, also when the first of them leaves", () => {
    const identity = makeProvider()
    identity.hangs()
    return Effect.gen(function* () {
      const first = yield* Effect.fork(accepted())
      yield* Effect.yieldNow()
      const others = yield* Effect.fork(
        Effect.all(
          Array.from({ length: 50 }, () => failure()),
          { concurrency: "unbounded" },
        ),
      )
      yield* Fiber.interrupt(first)
      yield* TestClock.adjust("5 seconds")
      const failures = yield* Fiber.join(others)
      strictEqual(identity.asked.length, 1)
      assertTrue(failures.every((failure) => failure instanceof KeysUnavailable))
    }).pipe(Effect.provide(identity.keys))
  })

  it.effect("waits a second for a slow provider, then uses the keys it has", () => {
    const identity = makeProvider()
    return Effect.gen(function* () {
      assertTrue(yield* accepted())
      identity.hangs()
      yield* TestClock.adjust("11 minutes")
      const waiting = yield* Effect.fork(accepted())
      yield* TestClock.adjust("1 second")
      assertTrue(yield* Fiber.join(waiting))
    }).pipe(Effect.provide(identity.keys))
  })

  it.effect("lets no token wait while the provider is slow, once that has shown", () => {
    const identity = makeProvider()
    return Effect.gen(function* () {
      assertTrue(yield* accepted())
      identity.hangs()
      for (let step = 0; step < 400; step++) {
        yield* TestClock.adjust("3 seconds")
        assertTrue(yield* accepted())
      }
      assertTrue(identity.asked.length > 15)
      assertTrue(most(identity.asked, 60_000) <= 2)
    }).pipe(Effect.provide(identity.keys))
  })

  it.effect("waits again for a provider that was slow an hour ago", () => {
    const identity = makeProvider()
    return Effect.gen(function* () {
      assertTrue(yield* accepted())
      identity.hangs()
      yield* TestClock.adjust("11 minutes")
      const waiting = yield* Effect.fork(accepted())
      yield* TestClock.adjust("1 second")
      assertTrue(yield* Fiber.join(waiting))
      yield* TestClock.adjust("1 hour")
      identity.answers(keySet(next))
      strictEqual(yield* accepted(), false)
    }).pipe(Effect.provide(identity.keys))
  })
})
