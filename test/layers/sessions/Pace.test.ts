import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Clock, Deferred, Effect, Random, TestClock } from "effect"
import { makePace } from "../../../layers/sessions/Pace.ts"

const withLuck = (luck: number) => Effect.withRandom(Random.fixed([luck]))

/** The times at which so many logins begin that are over at once. */
const beginnings = (count: number, atOnce: number) =>
  Effect.gen(function* () {
    const pace = yield* makePace({ apart: "100 millis", atOnce })
    const times: Array<number> = []
    const login = Effect.map(Clock.currentTimeMillis, (now) => times.push(now))
    yield* Effect.fork(Effect.replicateEffect(pace(login), count, { concurrency: "unbounded" }))
    yield* TestClock.adjust("10 minutes")
    return times
  })

const gaps = (times: ReadonlyArray<number>) =>
  times.slice(1).map((time, index) => time - times[index]!)

describe("makePace", () => {
  it.effect("lets only so many log in at once", () =>
    Effect.gen(function* () {
      const pace = yield* makePace({ apart: "100 millis", atOnce: 2 })
      const over = yield* Deferred.make<void>()
      let begun = 0
      const login = Effect.zipRight(
        Effect.sync(() => (begun += 1)),
        Deferred.await(over),
      )
      yield* Effect.fork(Effect.replicateEffect(pace(login), 5, { concurrency: "unbounded" }))
      yield* TestClock.adjust("1 minute")
      strictEqual(begun, 2)
      yield* Deferred.succeed(over, undefined)
      yield* TestClock.adjust("1 minute")
      strictEqual(begun, 5)
    }),
  )

  for (const [luck, gap] of [
    [0, 50],
    [1, 150],
  ] as const)
    it.effect(`begins two logins ${gap} ms apart, when they are to be 100`, () =>
      Effect.gen(function* () {
        deepStrictEqual(gaps(yield* beginnings(4, 10)), [gap, gap, gap])
      }).pipe(withLuck(luck)),
    )

  it.effect("keeps the distance on average, and no beat", () =>
    Effect.gen(function* () {
      const times = yield* beginnings(100, 100)
      const mean = times.at(-1)! / times.length
      assertTrue(mean > 90 && mean < 110)
      assertTrue(new Set(gaps(times).map(Math.round)).size > 30)
      assertTrue(gaps(times).every((gap) => gap >= 50 && gap <= 150))
    }).pipe(Effect.withRandom(Random.make("a seed"))),
  )
})
