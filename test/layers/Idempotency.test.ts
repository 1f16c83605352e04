import { describe, expect, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Schema, TestClock } from "effect"
import { ulid } from "ulid"
import { Idempotency as IdempotencyLayer } from "../../layers/Idempotency.ts"
import { SystemSql } from "../../layers/Postgres.ts"
import { OrganizationId } from "../../src/domain/Organization.ts"
import {
  Idempotency,
  IdempotencyInFlight,
  IdempotencyKey,
  IdempotencyMismatch,
} from "../../src/http/Idempotency.ts"
import * as Database from "../support/Database.ts"

const organization = Effect.gen(function* () {
  const sql = yield* SystemSql
  const id = OrganizationId.make(`org_${ulid()}`)
  yield* sql`INSERT INTO organizations (organization_id, name, created_at) VALUES (${id}, 'T', 1)`
  return id
})

type Attempt = (since: number | undefined) => Effect.Effect<string, "no" | "unclear">

const asking = (organization: OrganizationId, attempt: Attempt, request: string = "request") =>
  Effect.flatMap(Idempotency, ({ once }) =>
    once({
      organization,
      key: IdempotencyKey.make("key"),
      request: [request],
      answer: Schema.String,
      attempt,
      mayHaveHappened: (failure) => failure === "unclear",
    }),
  )

/** The database works in real time, whatever the clock of the test says. */
const breath = Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 50)))
const pass = (seconds: number) => Effect.zipRight(TestClock.adjust(`${seconds} seconds`), breath)

layer(Layer.provideMerge(IdempotencyLayer, Database.layer))("Idempotency.once", (it) => {
  describe("an attempt", () => {
    it.effect("answers whoever asks again, without another", () =>
      Effect.gen(function* () {
        const org = yield* organization
        expect(yield* asking(org, () => Effect.succeed("first"))).toBe("first")
        expect(yield* asking(org, () => Effect.dieMessage("asked twice"))).toBe("first")
        const other = asking(org, () => Effect.dieMessage("asked for another"), "other")
        expect(yield* Effect.flip(other)).toEqual(new IdempotencyMismatch())
      }),
    )

    it.effect("leaves the key as it was when nothing happened", () =>
      Effect.gen(function* () {
        const org = yield* organization
        expect(yield* Effect.flip(asking(org, () => Effect.fail("no")))).toBe("no")
        const again = asking(org, (since) => Effect.succeed(`since ${since}`), "anything")
        expect(yield* again).toBe("since undefined")
      }),
    )

    it.effect("tells the next one since when something may have happened", () =>
      Effect.gen(function* () {
        const org = yield* organization
        yield* pass(5)
        expect(yield* Effect.flip(asking(org, () => Effect.fail("unclear")))).toBe("unclear")
        yield* pass(5)
        const died = yield* Effect.exit(asking(org, () => Effect.dieMessage("a defect")))
        expect(died._tag).toBe("Failure")
        yield* pass(5)
        const since = yield* asking(org, (since) => Effect.succeed(String(since)))
        expect(Number(since) % 60_000).toBe(5000)
      }),
    )

    it.effect("is under way as long as it gives a sign of life", () =>
      Effect.gen(function* () {
        const org = yield* organization
        const end = yield* Deferred.make<string>()
        const running = yield* Effect.fork(asking(org, () => Deferred.await(end)))
        yield* breath
        for (const _ of [1, 2, 3, 4, 5]) {
          yield* pass(10)
          const second = asking(org, () => Effect.dieMessage("begun twice"))
          expect(yield* Effect.flip(second)).toEqual(new IdempotencyInFlight())
        }
        yield* Deferred.succeed(end, "at last")
        expect(yield* Fiber.join(running)).toBe("at last")
      }),
    )

    it.effect("goes on without its caller", () =>
      Effect.gen(function* () {
        const org = yield* organization
        const end = yield* Deferred.make<string>()
        const caller = yield* Effect.fork(asking(org, () => Deferred.await(end)))
        yield* breath
        yield* Fiber.interrupt(caller)
        yield* Deferred.succeed(end, "heard by nobody")
        yield* breath
        expect(yield* asking(org, () => Effect.dieMessage("begun twice"))).toBe("heard by nobody")
      }),
    )
  })

  it.effect("takes over from a process that died, once it has been silent for long enough", () =>
    Effect.gen(function* () {
      const org = yield* organization
      const sql = yield* SystemSql
      yield* Effect.fork(asking(org, () => Effect.never))
      yield* breath
      // Another process: it gives no sign under this claim.
      yield* sql`UPDATE idempotency_keys SET claim_id = 'gone' WHERE organization_id = ${org}`
      yield* pass(29)
      const again = asking(org, (since) => Effect.succeed(typeof since))
      expect(yield* Effect.flip(again)).toEqual(new IdempotencyInFlight())
      yield* pass(1)
      expect(yield* again).toBe("number")
    }),
  )

  it.effect("forgets a key after a day", () =>
    Effect.gen(function* () {
      const org = yield* organization
      yield* asking(org, () => Effect.succeed("today"))
      yield* pass(24 * 60 * 60 + 1)
      expect(yield* asking(org, () => Effect.succeed("tomorrow"), "other")).toBe("tomorrow")
    }),
  )
})
