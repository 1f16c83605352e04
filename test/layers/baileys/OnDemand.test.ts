import { describe, it } from "@effect/vitest"
import { assertTrue, strictEqual } from "@effect/vitest/utils"
import { Effect, Exit, Scope, TestClock } from "effect"
import { every, inStep, onDemand } from "../../../layers/baileys/OnDemand.ts"

describe("Work on demand", () => {
  /** Takes a second each time. */
  const slow = Effect.gen(function* () {
    const counts = { begun: 0, done: 0 }
    const work = Effect.gen(function* () {
      counts.begun += 1
      yield* Effect.sleep("1 second")
      counts.done += 1
    })
    return { counts, wake: yield* onDemand(work) } as const
  })

  it.scoped("is not done before anybody asks", () =>
    Effect.gen(function* () {
      const { counts } = yield* slow
      yield* TestClock.adjust("1 minute")
      strictEqual(counts.begun, 0)
    }),
  )

  it.scoped("is done once more for all who ask while it is under way", () =>
    Effect.gen(function* () {
      const { counts, wake } = yield* slow
      wake()
      yield* TestClock.adjust("500 millis")
      wake()
      wake()
      strictEqual(counts.begun, 1)
      yield* TestClock.adjust("1 minute")
      strictEqual(counts.done, 2)
      wake()
      yield* TestClock.adjust("1 minute")
      strictEqual(counts.done, 3)
    }),
  )

  it.scoped("is done again after it broke", () =>
    Effect.gen(function* () {
      let tries = 0
      const work = Effect.suspend(() => (++tries === 1 ? Effect.die("broken") : Effect.void))
      const wake = yield* onDemand(work)
      wake()
      yield* TestClock.adjust(0)
      wake()
      yield* TestClock.adjust(0)
      strictEqual(tries, 2)
    }),
  )

  it.effect("ends with its scope", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { counts, wake } = yield* Scope.extend(slow, scope)
      wake()
      yield* Scope.close(scope, Exit.void)
      wake()
      yield* TestClock.adjust("1 minute")
      strictEqual(counts.begun, 1)
      strictEqual(counts.done, 0)
    }),
  )

  it.live("is asked for every so often until its scope closes", () =>
    Effect.gen(function* () {
      let calls = 0
      const scope = yield* Scope.make()
      yield* Scope.extend(
        every(5, () => (calls += 1)),
        scope,
      )
      yield* Effect.sleep("50 millis").pipe(Effect.repeat({ until: () => calls > 2 }))
      yield* Scope.close(scope, Exit.void)
      const before = calls
      yield* Effect.sleep("30 millis")
      strictEqual(calls, before)
    }),
  )

  it.scopedLive("calls all who wait as long at one moment, whenever they began", () =>
    Effect.gen(function* () {
      const calls: Array<{ readonly who: string; readonly at: number }> = []
      const call = (who: string) => () => void calls.push({ who, at: performance.now() })
      yield* inStep(100, call("one"))
      yield* Effect.sleep("37 millis")
      yield* inStep(100, call("other"))
      yield* Effect.sleep("600 millis")
      const together = calls.slice(-6).filter(({ at, who }, nth, all) => {
        const next = all[nth + 1]
        return next !== undefined && next.who !== who && next.at - at < 5
      })
      assertTrue(together.length >= 3)
    }),
  )
})
