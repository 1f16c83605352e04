import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Exit, Layer, Scope, TestClock } from "effect"
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

describe("Ingest", () => {
  /** The first `failures` attempts to store find the database away. */
  const opened = Effect.fn(function* (failures = 0) {
    const batches: Array<ReadonlyArray<Sighting>> = []
    let attempts = 0
    const store = (_o: OrganizationId, _s: SessionId, seen: ReadonlyArray<Sighting>) =>
      Effect.suspend(() => {
        attempts += 1
        if (attempts <= failures) return Effect.dieMessage("the database is away")
        batches.push(seen)
        return Effect.void
      })
    const scope = yield* Scope.make()
    const ingest = yield* makeIngest(organization, session).pipe(
      Scope.extend(scope),
      Effect.provide(Layer.succeed(Sightings, { store })),
    )
    return { batches, ingest, close: Scope.close(scope, Exit.void) } as const
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

  it.effect("waits for a database that is away", () =>
    Effect.gen(function* () {
      const { batches, ingest } = yield* opened(2)
      ingest.offer([named("a")])
      yield* ingest.begin
      yield* TestClock.adjust("5 seconds")
      deepStrictEqual(batches, [[named("a")]])
    }),
  )
})
