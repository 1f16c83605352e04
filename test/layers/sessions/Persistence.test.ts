import { describe, it } from "@effect/vitest"
import { assertEquals, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Cause, Effect, Exit, Fiber, Logger, TestClock } from "effect"
import { LeaseLost } from "../../../layers/sessions/LeaseLost.ts"
import { persistently } from "../../../layers/sessions/Persistence.ts"
import { SessionId } from "../../../src/domain/Session.ts"

const session = SessionId.make("01J9ZX8K2QHV0M3T6R7P4N5W8C")

/** As PostgreSQL refuses, wrapped as the client does. */
const refusal = (code: string) =>
  Object.assign(new Error("not written"), { cause: Object.assign(new Error(code), { code }) })

const away = refusal("57P01")

/** A write that meets these failures, and then succeeds. */
const meeting = (...failures: ReadonlyArray<Error>) => {
  const left = [...failures]
  const met = { attempts: 0, said: [] as Array<string> }
  const write = Effect.suspend(() => {
    met.attempts += 1
    const failure = left.shift()
    return failure === undefined ? Effect.void : Effect.die(failure)
  })
  const listener = Logger.make(({ message }) => {
    met.said.push(String(message))
  })
  const run = persistently(session)(write).pipe(
    Effect.provide(Logger.replace(Logger.defaultLogger, listener)),
  )
  return { run, met } as const
}

describe("persistently", () => {
  it.effect("waits for a database that is away, and says so once", () =>
    Effect.gen(function* () {
      const { run, met } = meeting(away, away, away)
      const fiber = yield* Effect.fork(run)
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(fiber)
      strictEqual(met.attempts, 4)
      strictEqual(met.said.length, 1)
      assertTrue(met.said[0]!.includes("away"))
    }),
  )

  it.effect("dies of what the database would refuse for ever", () =>
    Effect.gen(function* () {
      const refused = refusal("23514")
      const { run, met } = meeting(away, refused)
      const fiber = yield* Effect.fork(Effect.exit(run))
      yield* TestClock.adjust("10 seconds")
      assertTrue(Exit.isExit(fiber.unsafePoll()))
      const exit = yield* Fiber.join(fiber)
      deepStrictEqual(Exit.isFailure(exit) && Cause.squash(exit.cause), refused)
      strictEqual(met.attempts, 2)
    }),
  )

  it.effect("ends when another process has the session", () =>
    Effect.gen(function* () {
      const { run } = meeting(refusal("GL001"))
      assertEquals(yield* Effect.flip(run), new LeaseLost({ session }))
    }),
  )
})
