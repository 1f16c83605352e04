import { afterAll, describe, it } from "@effect/vitest"
import { assertInclude, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Effect, Exit, Redacted, Schedule, Scope } from "effect"
import { execFileSync, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Pg from "pg"
import * as EmbeddedPostgres from "../../layers/EmbeddedPostgres.ts"
import * as Postgres from "../../layers/Postgres.ts"
import { stopOrphan } from "../../layers/postgres/Postmaster.ts"
import { startFixture } from "../support/Fixture.ts"

const dataFolder = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "gateway-test-"))),
  (folder) =>
    Effect.zipRight(
      stopOrphan(path.join(folder, "server")),
      Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true })),
    ),
)

/** A folder whose database exists already; creating one takes ten times as long as copying it. */
const usedFolder = Effect.gen(function* () {
  const folder = yield* dataFolder
  const original = yield* Effect.promise(() => prepared)
  execFileSync("cp", ["-a", `${original}/.`, folder])
  return folder
})

const ask = (url: string, statement: string) =>
  Effect.promise(async () => {
    const client = new Pg.Client(url)
    client.on("error", () => {})
    await client.connect()
    const { rows } = await client.query(statement).finally(() => client.end())
    return rows.map((row) => Object.values(row)[0])
  })

/** Starts the server of a folder, asks it once, and stops it. */
const askIn = (folder: string, statement: string, pgBin?: string) =>
  Effect.scoped(
    Effect.flatMap(EmbeddedPostgres.start(folder, pgBin), ({ url }) =>
      ask(Redacted.value(url), statement),
    ),
  )

const refusal = (folder: string, pgBin?: string) =>
  Effect.map(
    Effect.flip(Effect.scoped(EmbeddedPostgres.start(folder, pgBin))),
    ({ message }) => message,
  )

const postmasterOf = (folder: string) =>
  Number(fs.readFileSync(path.join(folder, "server", "postmaster.pid"), "utf8").split("\n")[0])

const lastAcknowledged = (lines: ReadonlyArray<string>) =>
  Number(lines.findLast((line) => line.startsWith("acknowledged "))?.split(" ")[1])

const systemBinaries = () =>
  ["/usr/lib/postgresql", "/opt/homebrew/opt"]
    .flatMap((parent) =>
      fs.existsSync(parent)
        ? fs.readdirSync(parent).map((name) => path.join(parent, name, "bin"))
        : [],
    )
    .find((folder) => fs.existsSync(path.join(folder, "initdb")))

const original = Effect.runSync(Scope.make())

const prepared = Effect.runPromise(
  Effect.tap(Scope.extend(dataFolder, original), (folder) => askIn(folder, "SELECT 1")),
)

afterAll(() => Effect.runPromise(Scope.close(original, Exit.void)))

describe("EmbeddedPostgres.start", () => {
  it.scopedLive("listens on a private socket and nowhere else", () =>
    Effect.gen(function* () {
      const { url } = yield* EmbeddedPostgres.start(yield* usedFolder)
      const shown = yield* ask(
        Redacted.value(url),
        "SELECT setting FROM pg_settings WHERE name IN ('listen_addresses', 'fsync', 'server_encoding') ORDER BY name",
      )
      deepStrictEqual(shown, ["on", "", "UTF8"])
      const socketFolder = new URL(Redacted.value(url)).searchParams.get("host") ?? ""
      strictEqual(fs.statSync(socketFolder).mode & 0o777, 0o700)
      assertTrue(socketFolder.length < 90)
    }),
  )

  it.scopedLive("stops the server and removes the socket when the scope closes", () =>
    Effect.gen(function* () {
      const folder = yield* usedFolder
      const url = yield* Effect.scoped(Effect.map(EmbeddedPostgres.start(folder), ({ url }) => url))
      const socketFolder = new URL(Redacted.value(url)).searchParams.get("host") ?? ""
      assertTrue(!fs.existsSync(socketFolder))
      assertTrue(!fs.existsSync(path.join(folder, "server", "postmaster.pid")))
    }),
  )

  it.scopedLive("refuses a folder that a living process uses", () =>
    Effect.gen(function* () {
      const folder = yield* usedFolder
      const holder = yield* startFixture("HoldDatabase.ts", [folder, "hold"])
      yield* holder.says("started")
      assertInclude(
        yield* refusal(folder),
        `is in use by a running gateway (process ${holder.process.pid})`,
      )
    }),
  )

  it.scopedLive("takes over the server of a killed process with every acknowledged row", () =>
    Effect.gen(function* () {
      const folder = yield* usedFolder
      const writer = yield* startFixture("HoldDatabase.ts", [folder, "write"])
      yield* writer.says("acknowledged 100")
      const orphan = postmasterOf(folder)
      yield* writer.kill
      assertTrue(isRunning(orphan))
      const [found] = yield* askIn(
        folder,
        "SELECT max(n) FROM numbers WHERE n = (SELECT count(*) FROM numbers)",
      )
      assertTrue(Number(found) >= lastAcknowledged(writer.lines))
      assertTrue(!isRunning(orphan))
    }),
  )

  it.scopedLive("starts a killed server again, with its rows", () =>
    Effect.gen(function* () {
      const folder = yield* usedFolder
      const { url } = yield* EmbeddedPostgres.start(folder)
      yield* ask(Redacted.value(url), "CREATE TABLE kept AS SELECT 7 AS n")
      process.kill(postmasterOf(folder), "SIGKILL")
      const retry = { times: 100, schedule: Schedule.spaced("50 millis") }
      const kept = ask(Redacted.value(url), "SELECT n FROM kept").pipe(
        Effect.catchAllDefect(Effect.fail),
        Effect.retry(retry),
      )
      deepStrictEqual(yield* kept, [7])
    }),
  )

  it.scopedLive("spares the innocent process that got the number of a dead server", () =>
    Effect.gen(function* () {
      const folder = yield* usedFolder
      const innocent = spawn("sleep", ["30"])
      const claim = `${innocent.pid}\n${folder}\n0\n5432\n/tmp/gateway-pg-gone\n\n0 0\nready\n`
      fs.writeFileSync(path.join(folder, "server", "postmaster.pid"), claim)
      deepStrictEqual(yield* askIn(folder, "SELECT 1"), [1])
      assertTrue(innocent.kill("SIGKILL"))
    }),
  )

  it.scopedLive("starts anew where creating the files was cut short", () =>
    Effect.gen(function* () {
      const folder = yield* dataFolder
      fs.mkdirSync(path.join(folder, "server.new"))
      fs.writeFileSync(path.join(folder, "server.new", "PG_VERSION"), "18\n")
      deepStrictEqual(yield* askIn(folder, "SELECT 1"), [1])
    }),
  )

  it.scopedLive("names both versions when the data is of another one", () =>
    Effect.gen(function* () {
      const folder = yield* dataFolder
      fs.mkdirSync(path.join(folder, "server"))
      fs.writeFileSync(path.join(folder, "server", "PG_VERSION"), "14\n")
      assertInclude(
        yield* refusal(folder),
        "was written by PostgreSQL 14, but the programs are PostgreSQL 18",
      )
    }),
  )

  it.scopedLive("uses the programs of GATEWAY_PG_BIN, or says that there are none", () =>
    Effect.gen(function* () {
      const folder = yield* dataFolder
      const none = yield* refusal(folder, folder)
      assertInclude(none, `GATEWAY_PG_BIN=${folder} has no postgres program that can be run`)
      const system = systemBinaries()
      if (system === undefined) return
      const version = yield* askIn(folder, "SHOW server_version", system)
      strictEqual(
        fs.readFileSync(path.join(folder, "server", "PG_VERSION"), "utf8").trim(),
        String(version[0]).split(".")[0],
      )
    }),
  )

  it.scopedLive("runs for an ordinary user, and never as root", () =>
    Effect.gen(function* () {
      const folder = yield* dataFolder
      const ordinary = process.getuid?.() === 0 ? { uid: 1_000, gid: 1_000 } : {}
      if (ordinary.uid !== undefined) fs.chownSync(folder, ordinary.uid, ordinary.gid)
      const holder = yield* startFixture("HoldDatabase.ts", [folder, "hold"], ordinary)
      const started = yield* holder.says("started")
      const [found] = yield* ask(started.split(" ")[1] ?? "", "SELECT 1")
      strictEqual(found, 1)
      const owner = fs.statSync(path.join(folder, "server")).uid
      strictEqual(owner, ordinary.uid ?? process.getuid?.())
      assertTrue(owner !== 0)
    }),
  )

  it.scopedLive("keeps data below a folder that is closed to the server's user", () =>
    Effect.gen(function* () {
      const closed = yield* dataFolder
      fs.chmodSync(closed, 0o700)
      deepStrictEqual(yield* askIn(path.join(closed, "data"), "SELECT 1"), [1])
    }),
  )

  it.scopedLive("tells an administrator which roles to create where the gateway may not", () =>
    Effect.gen(function* () {
      const { url } = yield* EmbeddedPostgres.start(yield* usedFolder)
      yield* ask(Redacted.value(url), "CREATE ROLE tenant LOGIN")
      const asTenant = Redacted.make(Redacted.value(url).replace("gateway@", "tenant@"))
      const refused = yield* Effect.flip(
        Effect.scoped(Postgres.OwnerSql.pipe(Effect.provide(Postgres.layer({ url: asTenant })))),
      )
      assertInclude(
        refused.message,
        'CREATE ROLE gateway_app ROLE "tenant"; CREATE ROLE gateway_system ROLE "tenant"',
      )
    }),
  )
})

const isRunning = (pid: number) => {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8") !== "" // a zombie has none
  } catch {
    return false
  }
}
