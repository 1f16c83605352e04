import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Effect, Exit, Fiber, Layer, Scope, TestClock } from "effect"
import { makeIngest } from "../../../layers/baileys/Ingest.ts"
import { Lid } from "../../../src/domain/Jid.ts"
import { OrganizationId } from "../../../src/domain/Organization.ts"
import { SessionId } from "../../../src/domain/Session.ts"
import type { Sighting } from "../../../src/domain/Sighting.ts"
import { Sightings } from "../../../src/ports/Sightings.ts"

const organization = OrganizationId.make("org_01J9ZX8K2QHV0M3T6R7P4N5W8C")
const session = SessionId.make("01J9ZX8K2QHV0M3T6R7P4N5W8C")

const named = (pushName: string): Sighting => ({
  _tag: "ContactSeen",
  person: { lid: Lid.make("205227043110953@lid") },
  pushName,
})

/** As PostgreSQL says goodbye. */
const away = { code: "57P01" }

describe("Ingest", () => {
  const opened = Effect.fn(function* () {
    const batches: Array<ReadonlyArray<Sighting>> = []
    let attempts = 0
    /** What every attempt to store something dies of. */
    let trouble: unknown
    const store = (_o: OrganizationId, _s: SessionId, seen: ReadonlyArray<Sighting>) =>
      Effect.suspend(() => {
        attempts += 1
        if (trouble !== undefined) return Effect.die(trouble)
        batches.push(seen)
        return Effect.void
      })
    const scope = yield* Scope.make()
    const ingest = yield* makeIngest(organization, session).pipe(
      Scope.extend(scope),
      Effect.provide(Layer.succeed(Sightings, { store })),
    )
    const close = Scope.close(scope, Exit.void)
    const fail = (reason: unknown) => void (trouble = reason)
    return { batches, ingest, close, fail, attempts: () => attempts } as const
  })

  it.effect("holds everything back until it is let in, and keeps the order", () =>
    Effect.gen(function* () {
      const { batches, ingest } = yield* opened()
      ingest.offer([named("a"), named("b")])
      ingest.offer([named("c")])
      yield* TestClock.adjust("1 minute")
      deepStrictEqual(batches, [])
      yield* ingest.begin
      yield* TestClock.adjust(0)
      deepStrictEqual(batches.flat(), [named("a"), named("b"), named("c")])
    }),
  )

  it.effect("stores in pieces", () =>
    Effect.gen(function* () {
      const { batches, ingest } = yield* opened()
      ingest.offer(Array.from({ length: 1200 }, (_, n) => named(String(n))))
      yield* ingest.begin
      yield* TestClock.adjust(0)
      deepStrictEqual(
        batches.map((batch) => batch.length),
        [500, 500, 200],
      )
    }),
  )

  it.effect("stores what is still waiting when the connection is over", () =>
    Effect.gen(function* () {
      const { batches, ingest, close } = yield* opened()
      ingest.offer([named("a")])
      yield* close
      deepStrictEqual(batches, [[named("a")]])
    }),
  )

  it.effect("waits for a database that is away, however long", () =>
    Effect.gen(function* () {
      const { batches, fail, ingest } = yield* opened()
      fail(away)
      ingest.offer([named("a")])
      yield* ingest.begin
      yield* TestClock.adjust("1 minute")
      fail(undefined)
      yield* TestClock.adjust("5 seconds")
      deepStrictEqual(batches, [[named("a")]])
    }),
  )

  it.effect("does not wait for it when the connection is over", () =>
    Effect.gen(function* () {
      const { batches, close, fail, ingest } = yield* opened()
      fail(away)
      ingest.offer([named("a")])
      yield* ingest.begin
      yield* TestClock.adjust("1 minute")
      const closing = yield* Effect.fork(close)
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(closing)
      deepStrictEqual(batches, [])
    }),
  )

  it.effect("lets go of what the database refuses, and stores what comes after it", () =>
    Effect.gen(function* () {
      const { batches, fail, ingest } = yield* opened()
      fail({ code: "23514" })
      ingest.offer([named("a")])
      yield* ingest.begin
      yield* TestClock.adjust("10 seconds")
      fail(undefined)
      ingest.offer([named("b")])
      yield* TestClock.adjust("10 seconds")
      deepStrictEqual(batches, [[named("b")]])
    }),
  )

  it.effect("tries once when another process has the session", () =>
    Effect.gen(function* () {
      const { attempts, fail, ingest } = yield* opened()
      fail({ code: "GL001" })
      ingest.offer([named("a")])
      yield* ingest.begin
      yield* TestClock.adjust("1 minute")
      strictEqual(attempts(), 1)
    }),
  )
})
