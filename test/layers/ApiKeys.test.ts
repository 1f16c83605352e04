import { layer } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Deferred, Effect, Fiber, Layer, Option, Redacted, TestClock } from "effect"
import { ApiKeys, Pepper } from "../../layers/ApiKeys.ts"
import { Organizations } from "../../layers/Organizations.ts"
import { SystemSql } from "../../layers/Postgres.ts"
import { ApiKeys as ApiKeysPort } from "../../src/ports/ApiKeys.ts"
import { Organizations as OrganizationsPort } from "../../src/ports/Organizations.ts"
import * as Database from "../support/Database.ts"

const pepper = Layer.succeed(Pepper, Redacted.make(new Uint8Array(32).fill(7)))
const Keys = Layer.merge(ApiKeys, Organizations).pipe(
  Layer.provide(pepper),
  Layer.provideMerge(Database.layer),
)

const made = Effect.gen(function* () {
  const { id } = yield* (yield* OrganizationsPort).create("Test")
  const keys = yield* ApiKeysPort
  const draft = { name: "test", capabilities: ["read"] as const, expiresAt: null }
  const create = Effect.map(keys.create(id, draft), ({ key, token }) => ({
    id: key.id,
    token: Redacted.value(token),
  }))
  return { keys, organization: id, create, key: yield* create }
})

/** Uses are written behind the caller's back. */
const written = Effect.suspend(() => passed(100))

/** Beliefs go by the process's own clock. */
const passed = (millis: number) =>
  Effect.promise(() => new Promise((resolve) => setTimeout(resolve, millis)))

layer(Keys)("ApiKeys", (it) => {
  it.effect("notes a use once a minute", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_800_000_000_000)
      const { key, keys, organization } = yield* made
      const noted: Array<number | null> = []
      for (const pass of ["0 seconds", "30 seconds", "29 seconds", "2 seconds"] as const) {
        yield* TestClock.adjust(pass)
        yield* keys.verify(key.token)
        yield* written
        noted.push((yield* keys.list(organization))[0]!.lastUsedAt)
      }
      const first = 1_800_000_000_000
      deepStrictEqual(noted, [first, first, first, first + 61_000])
    }),
  )

  it.effect("lets two keys live side by side, each until its own end", () =>
    Effect.gen(function* () {
      const { create, key, keys, organization } = yield* made
      const other = yield* create
      assertTrue(Option.isSome(yield* keys.verify(key.token)))
      assertTrue(Option.isSome(yield* keys.verify(other.token)))
      yield* keys.remove(organization, key.id)
      assertTrue(Option.isNone(yield* keys.verify(key.token)))
      assertTrue(Option.isSome(yield* keys.verify(other.token)))
    }),
  )

  it.effect("lets in nobody whose look-up began before the key was removed", () =>
    Effect.gen(function* () {
      const lookUps = yield* holding
      const { key, keys, organization } = yield* Effect.provide(made, lookUps.keys)
      const early = yield* Effect.fork(keys.verify(key.token))
      yield* Deferred.await(lookUps.answered)
      yield* keys.remove(organization, key.id)
      yield* Deferred.succeed(lookUps.letGo, undefined)
      assertTrue(Option.isNone(yield* Fiber.join(early)))
      assertTrue(Option.isNone(yield* keys.verify(key.token)))
    }),
  )

  it.effect("recalls whom it verified, until the key ends", () =>
    Effect.gen(function* () {
      const { key, keys, organization } = yield* made
      yield* TestClock.setTime(1_800_000_000_000)
      strictEqual(keys.recall(key.token), undefined)
      const verified = yield* keys.verify(key.token)
      deepStrictEqual(Option.some(keys.recall(key.token)), verified)
      strictEqual(keys.recall(`${key.token}x`), undefined)
      yield* keys.remove(organization, key.id)
      strictEqual(keys.recall(key.token), undefined)
    }),
  )

  it.effect("recalls no key that has expired", () =>
    Effect.gen(function* () {
      const { keys, organization } = yield* made
      yield* TestClock.setTime(1_800_000_000_000)
      const draft = { name: "brief", capabilities: ["read"] as const, expiresAt: 1_800_000_000_150 }
      const token = Redacted.value((yield* keys.create(organization, draft)).token)
      yield* keys.verify(token)
      assertTrue(keys.recall(token) !== undefined)
      yield* TestClock.adjust("150 millis")
      strictEqual(keys.recall(token), undefined)
    }),
  )

  it.effect("leaves it to verify to note a use", () =>
    Effect.gen(function* () {
      const { key, keys } = yield* made
      yield* TestClock.setTime(1_800_000_000_000)
      yield* keys.verify(key.token)
      yield* TestClock.adjust("1 minute")
      strictEqual(keys.recall(key.token), undefined)
    }),
  )

  it.effect("sends one of those who ask to look again before a belief ends", () =>
    Effect.gen(function* () {
      const { key, keys, organization } = yield* made
      const system = yield* SystemSql
      yield* TestClock.setTime(1_800_000_000_000)
      yield* keys.verify(key.token)
      // Another process removes it.
      yield* system`DELETE FROM api_keys WHERE organization_id = ${organization}`
      while (keys.recall(key.token) !== undefined) yield* passed(5)
      const others = [1, 2, 3].map(() => keys.recall(key.token) !== undefined)
      deepStrictEqual(others, [true, true, true])
      assertTrue(Option.isNone(yield* keys.verify(key.token)))
      strictEqual(keys.recall(key.token), undefined)
    }),
  )
})

/** The service, with the answers to its look-ups held back until let go. */
const holding = Effect.gen(function* () {
  const [answered, letGo] = yield* Effect.all([Deferred.make<void>(), Deferred.make<void>()])
  const hold = Effect.zipRight(Deferred.succeed(answered, undefined), Deferred.await(letGo))
  const system = new Proxy(yield* SystemSql, {
    apply: (sql, self, args) => Effect.tap(Reflect.apply(sql, self, args), hold),
  })
  const keys = ApiKeys.pipe(Layer.provide([pepper, Layer.succeed(SystemSql, system)]))
  return { answered, letGo, keys }
})
