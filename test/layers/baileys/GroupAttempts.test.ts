import { describe, expect, it } from "@effect/vitest"
import { Effect, Logger, TestClock } from "effect"
import { Refusal } from "../../../layers/baileys/Call.ts"
import { makeAttempts } from "../../../layers/baileys/GroupAttempts.ts"
import { SessionOffline } from "../../../src/domain/Session.ts"

const refusal = (code: number) => new Refusal({ code, text: "", backoffSeconds: undefined })

const scene = Effect.gen(function* () {
  const again: Array<string> = []
  const attempt = yield* makeAttempts((key: string) => void again.push(key))
  return { again, attempt }
})

describe("attempts", () => {
  it.scoped("ask again for what failed, later each time, and give up in the end", () =>
    Effect.gen(function* () {
      const { again, attempt } = yield* scene
      for (const seconds of [2, 4, 8, 16, 32]) {
        again.length = 0
        yield* attempt("a", refusal(503))
        yield* TestClock.adjust(`${seconds - 1} seconds`)
        expect(again).toEqual([])
        yield* TestClock.adjust("1 second")
        expect(again).toEqual(["a"])
      }
      again.length = 0
      yield* attempt("a", refusal(503))
      yield* TestClock.adjust("1 hour")
      expect(again).toEqual([])
    }),
  )

  it.scoped("leave the waiting to the budget where WhatsApp asks for patience", () =>
    Effect.gen(function* () {
      const { again, attempt } = yield* scene
      yield* attempt("a", refusal(429))
      expect(again).toEqual(["a"])
    }),
  )

  it.scoped("end with the connection", () =>
    Effect.gen(function* () {
      const { again, attempt } = yield* scene
      yield* attempt("a", new SessionOffline({ status: "starting" }))
      yield* TestClock.adjust("1 hour")
      expect(again).toEqual([])
    }),
  )

  it.scoped("outlive what breaks, so that others have their turn", () =>
    Effect.gen(function* () {
      const { attempt } = yield* scene
      const done: Array<string> = []
      const fetching = { a: Effect.die("broken"), b: Effect.sync(() => void done.push("b")) }
      yield* Effect.forEach(["a", "b"] as const, (key) => attempt(key, fetching[key]))
      expect(done).toEqual(["b"])
    }).pipe(Effect.provide(Logger.remove(Logger.defaultLogger))),
  )
})
