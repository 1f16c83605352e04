import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Exit, Scope } from "effect"
import { atEnd } from "../../../layers/baileys/AtEnd.ts"
import { runtimeHere } from "../../../layers/baileys/RuntimeHere.ts"

const ending = Effect.fn(function* (
  use: (done: Array<string>) => Effect.Effect<void, never, Scope.Scope>,
) {
  const done: Array<string> = []
  const scope = yield* Scope.make()
  yield* Scope.extend(use(done), scope)
  const exit = yield* Effect.exit(Scope.close(scope, Exit.void))
  return { done, exit }
})

describe("atEnd", () => {
  it.effect("has everything done, what came last first", () =>
    Effect.gen(function* () {
      const { done } = yield* ending((done) =>
        Effect.forEach(["first", "second", "third"], (name) =>
          atEnd(Effect.sync(() => done.push(name))),
        ),
      )
      expect(done).toEqual(["third", "second", "first"])
    }),
  )

  it.effect("keeps nothing from its end where something else breaks, and says so", () =>
    Effect.gen(function* () {
      const { done, exit } = yield* ending((done) =>
        Effect.gen(function* () {
          yield* atEnd(Effect.sync(() => done.push("first")))
          yield* atEnd(Effect.die("broken"))
          yield* atEnd(Effect.sync(() => done.push("third")))
        }),
      )
      expect(done).toEqual(["third", "first"])
      expect(Exit.isFailure(exit) && Cause.squash(exit.cause)).toBe("broken")
    }),
  )

  it.effect("has it done at once where the scope has closed before", () =>
    Effect.gen(function* () {
      const done: Array<string> = []
      const scope = yield* Scope.make()
      const end = (name: string) => Scope.extend(atEnd(Effect.sync(() => done.push(name))), scope)
      yield* end("in time")
      yield* Scope.close(scope, Exit.void)
      yield* end("too late")
      expect(done).toEqual(["in time", "too late"])
    }),
  )

  it.effect("waits for what takes its time", () =>
    Effect.gen(function* () {
      const { done } = yield* ending((done) =>
        Effect.gen(function* () {
          yield* atEnd(Effect.sync(() => done.push("first")))
          yield* atEnd(
            Effect.promise(async () => {
              await Promise.resolve()
              done.push("second")
            }),
          )
        }),
      )
      expect(done).toEqual(["second", "first"])
    }),
  )
})

describe("runtimeHere", () => {
  it.effect("is one for each scope", () =>
    Effect.gen(function* () {
      const twice = Effect.scoped(Effect.all([runtimeHere, runtimeHere]))
      const [one, same] = yield* twice
      const [other] = yield* twice
      expect(same).toBe(one)
      expect(other).not.toBe(one)
    }),
  )
})
