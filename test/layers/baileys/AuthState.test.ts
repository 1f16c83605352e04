import { layer } from "@effect/vitest"
import { assertFalse, assertTrue, deepStrictEqual } from "@effect/vitest/utils"
import { Deferred, Effect, Exit, Layer, Option, Scope } from "effect"
import { type AuthStateHooks, makeAuthState } from "../../../layers/baileys/AuthState.ts"
import { Credentials } from "../../../layers/baileys/Credentials.ts"
import { InboxRows } from "../../../layers/baileys/inbox/InboxRows.ts"
import { SignalKeys } from "../../../layers/baileys/SignalKeys.ts"
import { SystemSql } from "../../../layers/Postgres.ts"
import { CurrentFence } from "../../../layers/sessions/CurrentFence.ts"
import { hasLostLease } from "../../../layers/sessions/LeaseLost.ts"
import * as Database from "../../support/Database.ts"
import { PlainSafes } from "../../support/PlainSafes.ts"
import { organization, storedSession } from "../sessions/Stage.ts"
import { held } from "./inbox/Holder.ts"

const Stores = Layer.mergeAll(Credentials.Default, InboxRows.Default, SignalKeys.Default).pipe(
  Layer.provide(PlainSafes),
  Layer.provideMerge(Database.layer),
)

const account = { details: Buffer.from("signed by the phone") }

layer(Stores, { excludeTestServices: true })("AuthState", (it) => {
  const opened = Effect.fn(function* (hooks: Partial<AuthStateHooks> = {}) {
    const org = yield* organization
    const session = yield* storedSession(org)
    const open = makeAuthState(org, session, {
      onMappings: () => {},
      onReceived: () => {},
      onLost: () => {},
      ...hooks,
    })
    return { org, session, open } as const
  })

  it.scoped("has saved everything by the time its scope is closed", () =>
    Effect.gen(function* () {
      const { org, session, open } = yield* opened()
      yield* Effect.scoped(
        Effect.gen(function* () {
          const { auth, save } = yield* open
          Object.assign(auth.creds, { account })
          for (const platform of ["one", "two", "three"]) {
            auth.creds.platform = platform
            save()
          }
        }),
      )
      const found = yield* (yield* Credentials).find(org, session)
      deepStrictEqual(found?.creds.platform, "three")
      deepStrictEqual(found?.creds.account?.details, account.details)
    }),
  )

  it.scoped("writes credentials that have changed, and no others", () =>
    Effect.gen(function* () {
      const { session, open } = yield* opened()
      const sql = yield* SystemSql
      const version = Effect.map(
        sql<{ version: string }>`
          SELECT xmin::text AS version FROM session_credentials WHERE session_id = ${session}`,
        ([row]) => row?.version,
      )
      const saving = (change: (creds: { account?: object; platform?: string }) => void) =>
        Effect.scoped(
          Effect.tap(open, ({ auth, save, saved }) => {
            change(auth.creds)
            save()
            return Effect.promise(saved)
          }),
        )
      yield* saving((creds) => Object.assign(creds, { account }))
      const first = yield* version
      yield* saving(() => {})
      deepStrictEqual(yield* version, first)
      yield* saving((creds) => Object.assign(creds, { platform: "other" }))
      assertFalse((yield* version) === first)
    }),
  )

  it.scoped("holds no memory for its credentials but their own", () =>
    Effect.gen(function* () {
      const { open } = yield* opened()
      yield* Effect.scoped(
        Effect.tap(open, ({ auth, save }) => {
          Object.assign(auth.creds, { account })
          save()
        }),
      )
      const { private: key } = (yield* open).auth.creds.noiseKey
      deepStrictEqual(key.buffer.byteLength, key.length)
    }),
  )

  it.scoped("throws away what a broken-off pairing left", () =>
    Effect.gen(function* () {
      const { org, session, open } = yield* opened()
      const sql = yield* SystemSql
      const first = yield* Effect.scoped(
        Effect.gen(function* () {
          const { auth, save } = yield* open
          auth.creds.me = { id: "6281234567890@s.whatsapp.net" }
          save()
          yield* Effect.promise(async () => auth.keys.set({ "lid-mapping": { a: "1" } }))
          return auth.creds.advSecretKey
        }),
      )
      const { auth } = yield* open
      assertTrue(auth.creds.me === undefined)
      assertTrue(auth.creds.advSecretKey !== first)
      deepStrictEqual(yield* sql`SELECT 1 FROM session_keys WHERE session_id = ${session}`, [])
      assertTrue((yield* (yield* Credentials).find(org, session)) === undefined)
    }),
  )

  it.scoped("leaves a successor what it has paired, when it wakes up believing it holds it", () =>
    Effect.gen(function* () {
      const { org, session, open } = yield* opened()
      const sql = yield* SystemSql
      const credentials = yield* Credentials
      yield* held(org, session, 2)
      yield* Effect.scoped(
        Effect.gen(function* () {
          const { auth, save } = yield* open
          yield* Effect.promise(async () => auth.keys.set({ "lid-mapping": { a: "1" } }))
          save()
        }),
      ).pipe(Effect.provideService(CurrentFence, 2))
      const before = Effect.all([
        sql`SELECT id FROM session_keys WHERE session_id = ${session}`,
        sql`SELECT value FROM session_credentials WHERE session_id = ${session}`,
      ])
      const kept = yield* before
      for (const wiping of [open, credentials.forget(org, session)]) {
        const stale = yield* Effect.scoped(wiping).pipe(
          Effect.provideService(CurrentFence, 1),
          Effect.exit,
        )
        assertTrue(Exit.isFailure(stale) && hasLostLease(stale.cause))
      }
      deepStrictEqual(yield* before, kept)
      deepStrictEqual(
        kept.map(({ length }) => length),
        [1, 1],
      )
      yield* Effect.provideService(credentials.forget(org, session), CurrentFence, 2)
      deepStrictEqual(yield* before, [[], []])
    }),
  )

  it.scoped("refuses the late writes of a socket that has been replaced", () =>
    Effect.gen(function* () {
      const { org, session, open } = yield* opened()
      const scope = yield* Scope.make()
      const { auth } = yield* Scope.extend(open, scope)
      yield* Scope.close(scope, Exit.void)
      const late = Effect.tryPromise(async () => auth.keys.set({ "lid-mapping": { a: "1" } }))
      assertTrue(Exit.isFailure(yield* Effect.exit(late)))
      const keys = yield* (yield* SignalKeys).open(org, session)
      deepStrictEqual(yield* keys.get("lid-mapping", ["a"]), {})
    }),
  )

  it.scoped("tells of new pairs of addresses, once they are committed", () =>
    Effect.gen(function* () {
      const pairs: Array<unknown> = []
      const { open } = yield* opened({ onMappings: (found) => pairs.push(...found) })
      const { auth } = yield* open
      yield* Effect.promise(async () =>
        auth.keys.set({ "lid-mapping": { "628": "205", "205_reverse": "628" } }),
      )
      deepStrictEqual(pairs, [{ pn: "628@s.whatsapp.net", lid: "205@lid" }])
    }),
  )

  it.scoped("has the line cut before it fails a write that it gave up", () =>
    Effect.gen(function* () {
      let isCut = false
      const { org, session, open } = yield* opened({ onLost: () => (isCut = true) })
      const { auth } = yield* open
      const sql = yield* SystemSql
      yield* sql`DELETE FROM sessions WHERE organization_id = ${org} AND session_id = ${session}`
      const writing = Effect.tryPromise({
        try: async () => auth.keys.set({ "lid-mapping": { a: "1" } }),
        catch: () => isCut,
      })
      assertFalse(isCut)
      assertTrue(yield* Effect.flip(writing))
    }),
  )

  it.scoped("leaves other sockets their share of the connections, however much it asks for", () =>
    Effect.gen(function* () {
      const [busy, other] = [yield* opened(), yield* opened()]
      const { auth } = yield* busy.open
      const neighbour = yield* other.open
      const sql = yield* SystemSql
      const write = async (value: string) => auth.keys.set({ "lid-mapping": { a: value } })
      yield* Effect.promise(() => write("0"))
      const locked = yield* Deferred.make<void>()
      const answered = yield* Deferred.make<void>()
      yield* sql`SELECT 1 FROM session_keys WHERE session_id = ${busy.session} FOR UPDATE`.pipe(
        Effect.zipRight(Deferred.succeed(locked, undefined)),
        Effect.zipRight(Deferred.await(answered)),
        sql.withTransaction,
        Effect.forkScoped,
      )
      yield* Deferred.await(locked)
      const flood = Array.from({ length: 20 }, (_, nth) => write(String(nth)))
      const asking = Effect.promise(async () => neighbour.auth.keys.get("lid-mapping", ["a"]))
      const answer = yield* Effect.timeoutOption(asking, "1 second")
      yield* Deferred.succeed(answered, undefined)
      yield* Effect.promise(() => Promise.all(flood))
      assertTrue(Option.isSome(answer))
    }),
  )
})
