import { assert, layer } from "@effect/vitest"
import { assertFalse, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Effect, Layer, Redacted } from "effect"
import { spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { OwnerSql } from "../../../layers/Postgres.ts"
import { MasterKeyGiven, Rotation } from "../../../layers/secrets/Rotation.ts"
import { Secrets } from "../../../layers/secrets/Secrets.ts"
import { OrganizationId } from "../../../src/domain/Organization.ts"
import type { Environment } from "../../../src/Settings.ts"
import { Address, Database, emptied, insertOrganizations, temporaryFolder } from "./Database.ts"
import { inProcess, settings } from "./Process.ts"

const organizations = Array.from({ length: 200 }, (_, index) =>
  OrganizationId.make(`org_01J9ZX8K2QHV0M3T6R7P4N5${String(index).padStart(3, "0")}`),
)
const content = Buffer.from("webhook secret")

const rotate = (env: Environment, next?: Redacted.Redacted<Uint8Array>) =>
  Effect.flatMap(Rotation, (rotation) => rotation.rotate(next)).pipe(
    Effect.provide(Layer.fresh(Rotation.layer).pipe(Layer.provide(settings(env)))),
  )

const sealAll = Effect.flatMap(Secrets, (secrets) =>
  Effect.forEach(organizations, (organizationId) =>
    secrets.seal({ organizationId, sessionId: null, type: "webhook", id: "1" }, content),
  ),
)

const openAll = (records: ReadonlyArray<Uint8Array>) =>
  Effect.flatMap(Secrets, (secrets) =>
    Effect.forEach(organizations, (organizationId, index) =>
      secrets.open({ organizationId, sessionId: null, type: "webhook", id: "1" }, records[index]!),
    ),
  )

const prepared = Effect.gen(function* () {
  yield* emptied
  yield* insertOrganizations(organizations)
  const dataDir = yield* temporaryFolder
  return { dataDir, previous: path.join(dataDir, "master.key.previous") }
})

const kekIds = Effect.gen(function* () {
  const sql = yield* OwnerSql
  const rows = yield* sql<{ kek_id: string }>`
    SELECT kek_id FROM data_keys UNION SELECT kek_id FROM gateway_keys`
  return rows.map((row) => row.kek_id)
})

/** Rotates in a process of its own, which is killed that long after it began. */
const rotateInChild = (dataDir: string, killAfter?: number) =>
  Effect.gen(function* () {
    const address = yield* Address
    const script = fileURLToPath(new URL("rotate.ts", import.meta.url))
    const url = Redacted.value(address)
    return yield* Effect.async<{ readonly done: boolean; readonly took: number }>((resume) => {
      const child = spawn(process.execPath, ["--import", "tsx", script, url, dataDir])
      let [began, output] = [0, ""]
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk
        if (began === 0) {
          began = performance.now()
          if (killAfter !== undefined) setTimeout(() => child.kill("SIGKILL"), killAfter)
        }
      })
      child.on("exit", () => {
        const done = output.includes("done")
        resume(Effect.succeed({ done, took: performance.now() - began }))
      })
    })
  })

/** The database refuses the rest of the rows, as if it went away. */
const interruptedAfter = (rows: number) =>
  Effect.gen(function* () {
    const sql = yield* OwnerSql
    yield* sql`CREATE SEQUENCE rewrapped`
    yield* sql.unsafe(`
      CREATE FUNCTION refuse() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('rewrapped') > ${rows} THEN RAISE 'gone'; END IF; RETURN NEW; END $$`)
    yield* sql`CREATE TRIGGER refuse BEFORE UPDATE ON data_keys
      FOR EACH ROW EXECUTE FUNCTION refuse()`
    return Effect.orDie(sql`DROP TRIGGER refuse ON data_keys`).pipe(
      Effect.zipRight(Effect.orDie(sql`DROP FUNCTION refuse`)),
      Effect.zipRight(Effect.orDie(sql`DROP SEQUENCE rewrapped`)),
    )
  })

layer(Database, { excludeTestServices: true })("Rotation", (it) => {
  it.scoped("wraps every data key anew and leaves sealed records as they are", () =>
    Effect.gen(function* () {
      const { dataDir, previous } = yield* prepared
      const env = { DATA_DIR: dataDir }
      const records = yield* inProcess(env)(sealAll)
      const [before] = yield* kekIds
      const { kekId, rewrapped } = yield* rotate(env)
      strictEqual(rewrapped, organizations.length)
      deepStrictEqual(yield* kekIds, [kekId])
      assertTrue(kekId !== before)
      assertFalse(fs.existsSync(previous))
      strictEqual(fs.statSync(path.join(dataDir, "master.key")).mode & 0o777, 0o600)
      yield* inProcess(env)(openAll(records))
    }),
  )

  it.scoped("keeps the pepper, so API keys stay valid", () =>
    Effect.gen(function* () {
      const { dataDir } = yield* prepared
      const start = inProcess({ DATA_DIR: dataDir })
      const pepper = Effect.map(Secrets, ({ apiKeyPepper }) => Redacted.value(apiKeyPepper))
      const before = yield* start(pepper)
      yield* rotate({ DATA_DIR: dataDir })
      deepStrictEqual(yield* start(pepper), before)
    }),
  )

  it.scoped("goes unnoticed by a gateway that runs meanwhile", () =>
    Effect.gen(function* () {
      const { dataDir } = yield* prepared
      const env = { DATA_DIR: dataDir }
      const [first, ...others] = organizations
      const records = yield* inProcess(env)(
        Effect.gen(function* () {
          const secrets = yield* Secrets
          yield* secrets.forOrganization(first!)
          yield* rotate(env)
          yield* Effect.forEach(others, (organization) => secrets.forOrganization(organization))
          return yield* sealAll
        }),
      )
      strictEqual((yield* kekIds).length, 1)
      yield* inProcess(env)(openAll(records))
    }),
  )

  it.scoped(
    "leaves every row readable wherever it is killed, and ends when it is run again",
    () =>
      Effect.gen(function* () {
        const { dataDir, previous } = yield* prepared
        const start = inProcess({ DATA_DIR: dataDir })
        const records = yield* start(sealAll)
        const { took } = yield* rotateInChild(dataDir)
        yield* start(openAll(records))
        let interrupted = 0
        for (let kill = 0; kill < 5; kill++) {
          yield* rotateInChild(dataDir, took * 0.6 * Math.random())
          if (fs.existsSync(previous)) interrupted += 1
          yield* start(openAll(records))
        }
        assertTrue(interrupted > 0)
        assertTrue((yield* rotateInChild(dataDir)).done)
        yield* start(openAll(records))
        strictEqual((yield* kekIds).length, 1)
        assertFalse(fs.existsSync(previous))
      }),
    60_000,
  )

  it.scoped("depends on the previous key for that until it has ended", () =>
    Effect.gen(function* () {
      const { dataDir, previous } = yield* prepared
      const env = { DATA_DIR: dataDir }
      const records = yield* inProcess(env)(sealAll)
      const repair = yield* interruptedAfter(120)
      assertTrue((yield* Effect.exit(rotate(env)))._tag === "Failure")
      strictEqual((yield* kekIds).length, 2)
      yield* inProcess(env)(openAll(records))

      fs.renameSync(previous, `${previous}.away`)
      const failure = yield* Effect.flip(inProcess(env)(openAll(records)))
      strictEqual(failure._tag, "MasterKeyMissing")

      fs.renameSync(`${previous}.away`, previous)
      yield* repair
      strictEqual((yield* rotate(env)).rewrapped, organizations.length - 100)
      yield* inProcess(env)(openAll(records))
    }),
  )

  it.scoped("goes to the key it is given, once", () =>
    Effect.gen(function* () {
      const { dataDir } = yield* prepared
      const env = { DATA_DIR: dataDir }
      const records = yield* inProcess(env)(sealAll)
      const next = Redacted.make(new Uint8Array(randomBytes(32)))
      strictEqual((yield* rotate(env, next)).rewrapped, organizations.length)
      strictEqual((yield* rotate(env, next)).rewrapped, 0)
      const stored = fs.readFileSync(path.join(dataDir, "master.key"), "utf8").trim()
      strictEqual(stored, Buffer.from(Redacted.value(next)).toString("base64"))
      yield* inProcess(env)(openAll(records))
    }),
  )

  it.scoped("goes to the key in the environment, and writes no file", () =>
    Effect.gen(function* () {
      const { dataDir } = yield* prepared
      const [old, next] = [randomBytes(32).toString("base64"), randomBytes(32).toString("base64")]
      const before = { DATA_DIR: dataDir, GATEWAY_MASTER_KEY: old }
      const during = {
        DATA_DIR: dataDir,
        GATEWAY_MASTER_KEY: next,
        GATEWAY_MASTER_KEY_PREVIOUS: old,
      }
      const after = { DATA_DIR: dataDir, GATEWAY_MASTER_KEY: next }
      const records = yield* inProcess(before)(sealAll)
      yield* inProcess(during)(openAll(records))
      yield* rotate(during)
      yield* inProcess(after)(openAll(records))
      const failure = yield* Effect.flip(inProcess(before)(openAll(records)))
      strictEqual(failure._tag, "MasterKeyMissing")
      deepStrictEqual(fs.readdirSync(dataDir), [])
    }),
  )

  it.scoped("refuses another key than the one in the environment", () =>
    Effect.gen(function* () {
      const { dataDir } = yield* prepared
      const env = { DATA_DIR: dataDir, GATEWAY_MASTER_KEY: randomBytes(32).toString("base64") }
      const next = Redacted.make(new Uint8Array(randomBytes(32)))
      assert((yield* Effect.flip(rotate(env, next))) instanceof MasterKeyGiven)
    }),
  )

  it.scoped("runs once at a time", () =>
    Effect.gen(function* () {
      const { dataDir, previous } = yield* prepared
      const env = { DATA_DIR: dataDir }
      const records = yield* inProcess(env)(sealAll)
      yield* Effect.all([rotate(env), rotate(env), rotate(env)], { concurrency: "unbounded" })
      strictEqual((yield* kekIds).length, 1)
      assertFalse(fs.existsSync(previous))
      yield* inProcess(env)(openAll(records))
    }),
  )
})
