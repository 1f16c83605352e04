import { assert, describe, expect, it, layer } from "@effect/vitest"
import { assertFalse, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Effect, Exit, Redacted } from "effect"
import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { OwnerSql, SystemSql } from "../../../layers/Postgres.ts"
import { MasterKeyMissing } from "../../../layers/secrets/KeyRing.ts"
import { SecretDamaged } from "../../../layers/secrets/SecretDamaged.ts"
import { type SecretName, Secrets } from "../../../layers/secrets/Secrets.ts"
import {
  alice,
  alicePhone,
  aliceTablet,
  bob,
  bobPhone,
  bobTablet,
  Database,
  emptied,
  insertSession,
  temporaryFolder,
} from "./Database.ts"
import { inProcess } from "./Process.ts"

const content = Buffer.from("canary: what a copy of the database must not show")
const name: SecretName = { organizationId: alice, sessionId: alicePhone, type: "creds", id: "1" }

const sealed = Effect.flatMap(Secrets, (secrets) => secrets.seal(name, content))
const opened = (name: SecretName, bytes: Uint8Array) =>
  Effect.flatMap(Secrets, (secrets) => secrets.open(name, bytes))

layer(Database, { excludeTestServices: true })("Secrets", (it) => {
  it.scoped("opens in another process what one has sealed", () =>
    Effect.gen(function* () {
      yield* emptied
      const start = inProcess({ DATA_DIR: yield* temporaryFolder })
      const record = yield* start(sealed)
      deepStrictEqual(Buffer.from(yield* start(opened(name, record))), content)
    }),
  )

  it.scoped("opens a record under its own name only", () =>
    Effect.gen(function* () {
      yield* emptied
      const start = inProcess({ DATA_DIR: yield* temporaryFolder })
      const record = yield* start(sealed)
      const elsewhere: ReadonlyArray<SecretName> = [
        { ...name, organizationId: bob, sessionId: bobPhone },
        { ...name, sessionId: aliceTablet },
        { ...name, sessionId: null },
        { ...name, type: "pre-key" },
        { ...name, id: "2" },
        { ...name, type: "creds1", id: "" },
        { ...name, type: "cred", id: "s1" },
      ]
      for (const other of elsewhere) {
        const failure = yield* start(Effect.flip(opened(other, record)))
        assert(failure instanceof SecretDamaged)
      }
    }),
  )

  it.scoped("does not open data keys that were copied to another session", () =>
    Effect.gen(function* () {
      yield* emptied
      const sql = yield* OwnerSql
      const start = inProcess({ DATA_DIR: yield* temporaryFolder })
      const record = yield* start(sealed)
      yield* sql`
        INSERT INTO data_keys (organization_id, session_id, key_version, kek_id, wrapped)
        SELECT ${bob}, ${bobTablet}, key_version, kek_id, wrapped FROM data_keys`
      const stolen = { ...name, organizationId: bob, sessionId: bobTablet }
      const failure = yield* start(Effect.flip(opened(stolen, record)))
      assert(failure instanceof SecretDamaged)
      strictEqual(failure.type, "data key")
    }),
  )

  it.scoped("seals without waiting once a session's key is loaded", () =>
    Effect.gen(function* () {
      yield* emptied
      const start = inProcess({ DATA_DIR: yield* temporaryFolder })
      const safe = yield* start(
        Effect.flatMap(Secrets, (secrets) => secrets.forSession(alice, alicePhone)),
      )
      const record = safe.seal("creds", "1", content)
      deepStrictEqual(Buffer.from(safe.open("creds", "1", record)), content)
      const moved = yield* Effect.exit(Effect.sync(() => safe.open("creds", "2", record)))
      assertTrue(Exit.isFailure(moved))
      deepStrictEqual(Buffer.from(yield* start(opened(name, record))), content)
    }),
  )

  it.scoped("gives every session one key, however many ask for it first", () =>
    Effect.gen(function* () {
      yield* emptied
      const sql = yield* OwnerSql
      const start = inProcess({ DATA_DIR: yield* temporaryFolder })
      const records = yield* Effect.all(
        Array.from({ length: 8 }, () => start(sealed)),
        { concurrency: "unbounded" },
      )
      strictEqual((yield* sql`SELECT 1 FROM data_keys`).length, 1)
      const open = (record: Uint8Array) => start(opened(name, record))
      strictEqual((yield* Effect.forEach(records, open)).length, 8)
    }),
  )

  it.scoped("keeps a key although the transaction it was first needed in is rolled back", () =>
    Effect.gen(function* () {
      yield* emptied
      const sql = yield* SystemSql
      const env = { DATA_DIR: yield* temporaryFolder }
      const record = yield* inProcess(env)(
        Effect.gen(function* () {
          const secrets = yield* Secrets
          yield* Effect.ignore(
            sql.withTransaction(Effect.zipRight(secrets.seal(name, content), Effect.fail("no"))),
          )
          return yield* secrets.seal(name, content)
        }),
      )
      deepStrictEqual(Buffer.from(yield* inProcess(env)(opened(name, record))), content)
    }),
  )

  it.scoped("forgets a session's key with the session", () =>
    Effect.gen(function* () {
      yield* emptied
      const sql = yield* OwnerSql
      const start = inProcess({ DATA_DIR: yield* temporaryFolder })
      yield* start(Effect.flatMap(Secrets, (secrets) => secrets.forSession(bob, bobPhone)))
      yield* sql`DELETE FROM sessions WHERE session_id = ${bobPhone}`
      strictEqual((yield* sql`SELECT 1 FROM data_keys`).length, 0)
      yield* insertSession(bob, bobPhone)
    }),
  )

  it.scoped("leaves nothing in the database that opens a record", () =>
    Effect.gen(function* () {
      yield* emptied
      const sql = yield* OwnerSql
      const dataDir = yield* temporaryFolder
      yield* inProcess({ DATA_DIR: dataDir })(sealed)
      const master = Buffer.from(
        fs.readFileSync(path.join(dataDir, "master.key"), "utf8"),
        "base64",
      )
      const rows = yield* sql<{ wrapped: Buffer }>`
        SELECT wrapped FROM data_keys UNION ALL SELECT wrapped FROM gateway_keys`
      strictEqual(rows.length, 2)
      for (const { wrapped } of rows) {
        strictEqual(wrapped.length, 65)
        strictEqual(wrapped.includes(master), false)
      }
    }),
  )
})

layer(Database, { excludeTestServices: true })("Secrets, its master key", (it) => {
  it.scoped("is made at the first start, readable by its owner only", () =>
    Effect.gen(function* () {
      yield* emptied
      const dataDir = yield* temporaryFolder
      yield* inProcess({ DATA_DIR: dataDir })(sealed)
      const file = path.join(dataDir, "master.key")
      strictEqual(fs.statSync(file).mode & 0o777, 0o600)
      strictEqual(Buffer.from(fs.readFileSync(file, "utf8"), "base64").length, 32)
      deepStrictEqual(fs.readdirSync(dataDir), ["master.key"])
    }),
  )

  it.scoped("is written nowhere when it is given", () =>
    Effect.gen(function* () {
      yield* emptied
      const dataDir = yield* temporaryFolder
      const key = randomBytes(32).toString("base64")
      yield* inProcess({ DATA_DIR: dataDir, GATEWAY_MASTER_KEY: key })(sealed)
      deepStrictEqual(fs.readdirSync(dataDir), [])
    }),
  )

  it.scoped("is the same for all who start at once", () =>
    Effect.gen(function* () {
      yield* emptied
      const start = inProcess({ DATA_DIR: yield* temporaryFolder })
      const pepper = Effect.map(Secrets, ({ apiKeyPepper }) =>
        Buffer.from(Redacted.value(apiKeyPepper)).toString("hex"),
      )
      const peppers = yield* Effect.all(
        Array.from({ length: 8 }, () => start(pepper)),
        { concurrency: "unbounded" },
      )
      strictEqual(new Set(peppers).size, 1)
    }),
  )

  it.scoped("stops the start when it is lost, instead of a new one taking its place", () =>
    Effect.gen(function* () {
      yield* emptied
      yield* inProcess({ DATA_DIR: yield* temporaryFolder })(sealed)
      const failure = yield* Effect.flip(inProcess({ DATA_DIR: yield* temporaryFolder })(sealed))
      assert(failure instanceof MasterKeyMissing)
    }),
  )

  it.scoped("stops the start when its file holds something else", () =>
    Effect.gen(function* () {
      yield* emptied
      const dataDir = yield* temporaryFolder
      fs.writeFileSync(path.join(dataDir, "master.key"), "canary\n")
      const failure = yield* Effect.flip(inProcess({ DATA_DIR: dataDir })(sealed))
      strictEqual(failure._tag, "KeyFileUnusable")
      assertFalse(String(failure).includes("canary"))
    }),
  )
})

describe("SecretDamaged", () => {
  it("says neither id nor content", () => {
    const failure = new SecretDamaged({ ...name, type: "creds" })
    expect(JSON.stringify(failure)).not.toContain('"id"')
  })
})
