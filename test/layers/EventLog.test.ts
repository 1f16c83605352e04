import { describe, expect, layer } from "@effect/vitest"
import { Effect, Layer, Random } from "effect"
import { ulid } from "ulid"
import { EventLog } from "../../layers/EventLog.ts"
import { SystemSql } from "../../layers/Postgres.ts"
import { OrganizationId } from "../../src/domain/Organization.ts"
import { SessionId } from "../../src/domain/Session.ts"
import { Events } from "../../src/ports/Events.ts"
import { Tenancy } from "../../src/ports/Tenancy.ts"
import * as Database from "../support/Database.ts"

const session = SessionId.make(ulid())

const organization = Effect.gen(function* () {
  const sql = yield* SystemSql
  const id = OrganizationId.make(`org_${ulid()}`)
  yield* sql`INSERT INTO organizations (organization_id, name, created_at) VALUES (${id}, '', 1)`
  return id
})

const renamed = (subject: string) => ({ event: "group.updated" as const, payload: { subject } })

layer(Layer.provideMerge(EventLog, Database.layer), { excludeTestServices: true })(
  "the event log",
  (it) => {
    describe("append", () => {
      it.effect("numbers what happened without a gap, in the order told", () =>
        Effect.gen(function* () {
          const events = yield* Events
          const org = yield* organization
          yield* events.append(org, session, [renamed("a"), renamed("b")])
          yield* events.append(org, session, [renamed("c")])
          const read = yield* events.read(org, 0, 10)
          expect(read.map(({ payload, position }) => [position, payload])).toEqual([
            [1, { subject: "a" }],
            [2, { subject: "b" }],
            [3, { subject: "c" }],
          ])
          expect(yield* events.read(org, 2, 10)).toEqual(read.slice(2))
        }),
      )

      it.effect("is undone with the transaction it joins", () =>
        Effect.gen(function* () {
          const events = yield* Events
          const { within } = yield* Tenancy
          const org = yield* organization
          yield* events
            .append(org, session, [renamed("never")])
            .pipe(Effect.zipRight(Effect.fail("no")), within(org), Effect.ignore)
          yield* events.append(org, session, [renamed("first")])
          expect((yield* events.read(org, 0, 10)).map(({ position }) => position)).toEqual([1])
        }),
      )

      it.effect("never lets a reader pass a position that is still to be committed", () =>
        Effect.gen(function* () {
          const events = yield* Events
          const { within } = yield* Tenancy
          const org = yield* organization
          const write = Effect.gen(function* () {
            yield* events.append(org, session, [renamed("x")])
            yield* Effect.sleep(`${yield* Random.nextIntBetween(0, 5)} millis`)
          }).pipe(within(org))
          let position = 0
          const seen: Array<number> = []
          const follow = Effect.gen(function* () {
            const next = yield* events.read(org, position, 100)
            seen.push(...next.map(({ position }) => position))
            position = seen.at(-1) ?? 0
          })
          const writers = Effect.all(
            Array.from({ length: 40 }, () => write),
            { concurrency: 4 },
          )
          yield* Effect.race(writers, Effect.forever(follow))
          yield* follow
          expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
        }),
      )
    })

    it.effect("shows nothing to another organization", () =>
      Effect.gen(function* () {
        const events = yield* Events
        const org = yield* organization
        yield* events.append(org, session, [renamed("mine")])
        expect(yield* events.read(yield* organization, 0, 10)).toEqual([])
      }),
    )
  },
)
