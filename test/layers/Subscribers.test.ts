import { expect, layer } from "@effect/vitest"
import { Effect, Layer, Logger, Ref, type Scope } from "effect"
import { EventLog } from "../../layers/EventLog.ts"
import { OwnerSql } from "../../layers/Postgres.ts"
import * as Postgres from "../../layers/Postgres.ts"
import { subscribersOf } from "../../layers/Subscribers.ts"
import * as Tenancy from "../../layers/Tenancy.ts"
import { ContactBook } from "../../src/ports/ContactBook.ts"
import { Safes } from "../../src/ports/Safes.ts"
import type { Subscription } from "../../src/Plugin.ts"
import * as Database from "../support/Database.ts"
import { startFixture } from "../support/Fixture.ts"
import { eventually } from "../support/Gateway.ts"
import { log, noting, pluginOf, upTo, withNotes } from "./subscribers/Log.ts"

const Storage = Layer.mergeAll(EventLog, Layer.mock(ContactBook, {}), Layer.mock(Safes, {})).pipe(
  Layer.provideMerge(Database.layerOf(withNotes)),
)

/** Runs them until the test ends. */
const subscribe = (...subscriptions: ReadonlyArray<Subscription>) =>
  Layer.build(subscribersOf([pluginOf(...subscriptions)]))

/** How many lines of this database wait for hints. */
const listeners = Effect.flatMap(OwnerSql, (owner) =>
  Effect.map(
    owner<{ count: number }>`SELECT count(*) AS count FROM pg_stat_activity
      WHERE datname = current_database() AND query LIKE 'LISTEN %'`,
    ([row]) => row!.count,
  ),
)

const isAll = (count: number) => (noted: ReadonlyArray<number>) => noted.length >= count

/** What is logged while it runs. */
const listening = Effect.fn(function* <A, E, R>(effect: Effect.Effect<A, E, R | Scope.Scope>) {
  const lines: Array<string> = []
  const logger = Logger.make(({ annotations, message }) =>
    lines.push(
      `${String(message)} ${[...annotations].map(([key, value]) => `${key}=${String(value)}`).join(" ")}`,
    ),
  )
  yield* effect.pipe(Effect.provide(Logger.replace(Logger.defaultLogger, logger)), Effect.scoped)
  return lines
})

layer(Storage, { excludeTestServices: true })("a subscription", (it) => {
  it.scoped("is handed every event of its names, in order and once, and passes over others", () =>
    Effect.gen(function* () {
      const { append, appendOther, noted, position } = yield* log
      yield* append(120)
      yield* subscribe(noting("a"))
      yield* appendOther(30)
      yield* append(5)
      yield* appendOther(5)
      yield* eventually(position("a"), (at) => at === 160)
      expect(yield* noted("a")).toEqual([...upTo(120), 151, 152, 153, 154, 155])
    }),
  )

  it.scoped("is woken by a hint", () =>
    Effect.gen(function* () {
      const { append, noted } = yield* log
      const pace = { least: "20 millis", most: "1 hour" } as const
      yield* Layer.build(subscribersOf([pluginOf(noting("b"))], pace))
      yield* eventually(listeners, (count) => count > 0)
      yield* append(1)
      yield* eventually(noted("b"), isAll(1))
    }),
  )

  it.scoped("finds what no hint told it", () =>
    Effect.gen(function* () {
      const { append, noted } = yield* log
      const owner = yield* OwnerSql
      yield* subscribe(noting("g"))
      yield* eventually(listeners, (count) => count > 0)
      yield* owner`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE 'LISTEN %'`
      yield* append(1)
      yield* eventually(noted("g"), isAll(1))
    }),
  )

  it.scoped("that fails leaves no trace, is logged, and is tried again until it succeeds", () =>
    Effect.gen(function* () {
      const { append, noted, organization } = yield* log
      const tries = yield* Ref.make(0)
      const failsOnce = noting("c", (event) =>
        Effect.gen(function* () {
          if (event.organization !== organization || event.position !== 3) return
          if ((yield* Ref.updateAndGet(tries, (n) => n + 1)) === 1) yield* Effect.die("no")
        }),
      )
      const lines = yield* listening(
        Effect.gen(function* () {
          yield* append(5)
          yield* subscribe(failsOnce)
          yield* eventually(noted("c"), isAll(5))
        }),
      )
      expect(yield* noted("c")).toEqual(upTo(5))
      expect(yield* Ref.get(tries)).toBe(2)
      const told = lines.filter((line) => line.startsWith("an event was not handled"))
      expect(told).toHaveLength(1)
      for (const note of ["plugin=notes", "subscription=c", "position=3", organization])
        expect(told[0]).toContain(note)
    }),
  )

  it.scoped("that fails holds up neither other subscriptions nor other organizations", () =>
    Effect.gen(function* () {
      const one = yield* log
      const other = yield* log
      yield* one.append(3)
      yield* other.append(3)
      const failing: Subscription = {
        ...noting("d"),
        handle: (event) =>
          event.organization === one.organization ? Effect.die("never") : noting("d").handle(event),
      }
      yield* subscribe(failing, noting("e"))
      yield* eventually(one.noted("e"), isAll(3))
      yield* eventually(other.noted("d"), isAll(3))
      expect(yield* one.noted("d")).toEqual([])
    }),
  )

  it.scoped("is handed each event once, however many processes run it", () =>
    Effect.gen(function* () {
      const { append, noted, position } = yield* log
      yield* Effect.all([1, 2, 3].map(() => subscribe(noting("f"))))
      for (let n = 0; n < 20; n += 1) yield* append(10)
      yield* eventually(position("f"), (at) => at === 200)
      expect(yield* noted("f")).toEqual(upTo(200))
    }),
  )
})

layer(Layer.empty, { excludeTestServices: true })(
  "a subscription in a process that is killed",
  (it) => {
    it.scoped(
      "has handled each event exactly once in the end",
      () =>
        Effect.gen(function* () {
          const url = yield* Database.migrated(withNotes)
          const doors = Layer.provideMerge(Tenancy.layer, Postgres.layer({ url, pool: 3 }))
          yield* Effect.gen(function* () {
            const { append, noted, position } = yield* log
            yield* append(200)
            const kills: Array<number> = []
            for (let n = 0; n < 2; n += 1) {
              const child = yield* startFixture("Subscribe.ts", [url])
              yield* child.says(`noted ${70 * (n + 1)}`)
              yield* child.kill
              kills.push((yield* noted("slow")).length)
            }
            expect(kills.every((count) => count > 0 && count < 200)).toBe(true)
            yield* startFixture("Subscribe.ts", [url])
            yield* eventually(position("slow"), (at) => at === 200)
            expect(yield* noted("slow")).toEqual(upTo(200))
          }).pipe(Effect.provide(Layer.provideMerge(EventLog, doors)))
        }),
      60_000,
    )
  },
)
