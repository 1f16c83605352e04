import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Fiber, TestClock } from "effect"
import { makeQueryBudget } from "../../../layers/baileys/QueryBudget.ts"

/** When each of so many questions was let through, in milliseconds. */
const times = (count: number, spend: Effect.Effect<void>) =>
  Effect.forEach(
    Array.from({ length: count }),
    () => Effect.zipRight(spend, Clock.currentTimeMillis),
    { concurrency: "unbounded" },
  )

describe("QueryBudget", () => {
  it.effect("lets one question through at a time, with pauses", () =>
    Effect.gen(function* () {
      const { spend } = yield* makeQueryBudget
      const asking = yield* Effect.fork(times(4, spend))
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(asking)).toEqual([0, 100, 200, 300])
    }),
  )

  it.effect("lets none through while WhatsApp wants to be left alone", () =>
    Effect.gen(function* () {
      const { hold, spend } = yield* makeQueryBudget
      yield* hold(17)
      const asking = yield* Effect.fork(times(2, spend))
      yield* TestClock.adjust("1 minute")
      expect(yield* Fiber.join(asking)).toEqual([17_000, 17_100])
    }),
  )

  it.effect("takes a limit of no time for one of a second", () =>
    Effect.gen(function* () {
      const { hold, isHeld, spend } = yield* makeQueryBudget
      yield* hold(0)
      expect(yield* isHeld).toBe(true)
      const asking = yield* Effect.fork(times(1, spend))
      yield* TestClock.adjust("1 minute")
      expect(yield* Fiber.join(asking)).toEqual([1_000])
      expect(yield* isHeld).toBe(false)
    }),
  )

  it.effect("holds back those as well who were waiting for their turn when it said so", () =>
    Effect.gen(function* () {
      const { hold, spend } = yield* makeQueryBudget
      const asking = yield* Effect.fork(times(3, spend))
      yield* TestClock.adjust("50 millis")
      yield* hold()
      yield* TestClock.adjust("2 minutes")
      expect(yield* Fiber.join(asking)).toEqual([0, 60_050, 60_150])
    }),
  )
})
