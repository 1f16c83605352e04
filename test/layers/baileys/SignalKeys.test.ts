import { layer } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Effect, Exit, Layer } from "effect"
import { SignalKeys } from "../../../layers/baileys/SignalKeys.ts"
import { proto } from "../../../layers/baileys/Vendor.ts"
import { SystemSql } from "../../../layers/Postgres.ts"
import * as Database from "../../support/Database.ts"
import { PlainSafes } from "../../support/PlainSafes.ts"
import { organization, storedSession } from "../sessions/Stage.ts"

const Keys = SignalKeys.Default.pipe(Layer.provide(PlainSafes), Layer.provideMerge(Database.layer))

layer(Keys, { excludeTestServices: true })("SignalKeys", (it) => {
  const owner = Effect.gen(function* () {
    const org = yield* organization
    const session = yield* storedSession(org)
    return { org, session, keys: yield* (yield* SignalKeys).open(org, session) } as const
  })

  it.scoped("gives back what it was given, of every kind", () =>
    Effect.gen(function* () {
      const { keys } = yield* owner
      const pair = { public: Buffer.from("public"), private: Buffer.from("private") }
      const record = { _sessions: { base: { indexInfo: { used: 1 } } }, version: "v1" }
      const syncKey = proto.Message.AppStateSyncKeyData.fromObject({ keyData: Buffer.from("key") })
      yield* keys.set({
        "pre-key": { "1": pair },
        session: { "1.0": record as never },
        "identity-key": { "1.0": Buffer.from("identity") },
        "app-state-sync-key": { AAA: syncKey },
        "lid-mapping": { "628": "205" },
        "device-list": { "628": ["0", "12"] },
      })
      deepStrictEqual(yield* keys.get("pre-key", ["1", "2"]), { "1": pair })
      deepStrictEqual(yield* keys.get("session", ["1.0"]), { "1.0": record })
      deepStrictEqual(yield* keys.get("lid-mapping", ["628"]), { "628": "205" })
      deepStrictEqual(yield* keys.get("device-list", ["628"]), {
        "628": ["0", "12"],
      })
      const { AAA } = yield* keys.get("app-state-sync-key", ["AAA"])
      assertTrue(AAA instanceof proto.Message.AppStateSyncKeyData)
      deepStrictEqual(AAA.keyData, Buffer.from("key"))
    }),
  )

  it.scoped("replaces, and deletes what is null", () =>
    Effect.gen(function* () {
      const { keys } = yield* owner
      yield* keys.set({ "lid-mapping": { a: "1", b: "2" } })
      yield* keys.set({ "lid-mapping": { a: "3", b: null } })
      deepStrictEqual(yield* keys.get("lid-mapping", ["a", "b"]), { a: "3" })
    }),
  )

  it.scoped("writes all of one change or nothing of it", () =>
    Effect.gen(function* () {
      const { keys } = yield* owner
      yield* keys.set({ "lid-mapping": { a: "1" } })
      // PostgreSQL stores no zero byte in a text.
      const broken = { "lid-mapping": { a: null, b: "2" }, "device-list": { "\0": ["0"] } }
      assertTrue(Exit.isFailure(yield* Effect.exit(keys.set(broken))))
      deepStrictEqual(yield* keys.get("lid-mapping", ["a", "b"]), { a: "1" })
    }),
  )

  it.scoped("needs one statement for a change, however large", () =>
    Effect.gen(function* () {
      const sql = yield* SystemSql
      const { keys, session } = yield* owner
      const ids = Array.from({ length: 812 }, (_, n) => [String(n), "1"] as const)
      yield* keys.set({
        "lid-mapping": Object.fromEntries(ids),
        "device-list": { x: ["0"] },
      })
      const rows = yield* sql<{ count: number }>`
        SELECT count(DISTINCT xmin::text)::int AS count FROM session_keys
        WHERE session_id = ${session}`
      strictEqual(rows[0]?.count, 1)
    }),
  )

  it.scoped("keeps nothing in memory, pre-keys least of all", () =>
    Effect.gen(function* () {
      const sql = yield* SystemSql
      const { keys, session } = yield* owner
      const pair = { public: Buffer.from("public"), private: Buffer.from("private") }
      yield* keys.set({ "pre-key": { "1": pair } })
      deepStrictEqual(yield* keys.get("pre-key", ["1"]), { "1": pair })
      yield* sql`DELETE FROM session_keys WHERE session_id = ${session}`
      deepStrictEqual(yield* keys.get("pre-key", ["1"]), {})
    }),
  )

  it.scoped("neither shows nor touches the keys of another organization", () =>
    Effect.gen(function* () {
      const { keys, session } = yield* owner
      const foreign = yield* (yield* SignalKeys).open(yield* organization, session)
      yield* keys.set({ "lid-mapping": { a: "1" } })
      deepStrictEqual(yield* foreign.get("lid-mapping", ["a"]), {})
      yield* Effect.exit(foreign.set({ "lid-mapping": { a: "2" } }))
      yield* Effect.exit(foreign.set({ "lid-mapping": { a: null } }))
      deepStrictEqual(yield* keys.get("lid-mapping", ["a"]), { a: "1" })
    }),
  )

  it.scoped("repairs the message keys that sender keys keep, when it reads them", () =>
    Effect.gen(function* () {
      const { keys } = yield* owner
      const kept = Buffer.from("kept message key")
      const asWritten = Buffer.from(JSON.stringify([{ seed: kept }]))
      yield* keys.set({ "sender-key": { g: asWritten } })
      const { g } = yield* keys.get("sender-key", ["g"])
      const [state] = JSON.parse(Buffer.from(g as Uint8Array).toString()) as [{ seed: unknown }]
      deepStrictEqual(state.seed, { type: "Buffer", data: kept.toString("base64") })
    }),
  )
})
