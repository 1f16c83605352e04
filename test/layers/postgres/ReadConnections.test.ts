import { SqlClient } from "@effect/sql"
import { expect, layer } from "@effect/vitest"
import { Effect, Either } from "effect"
import { isDatabaseAway, OwnerSql } from "../../../layers/Postgres.ts"
import { ReadConnection } from "../../../layers/postgres/ReadConnection.ts"
import { ReadConnections } from "../../../layers/postgres/ReadConnections.ts"
import type { Told } from "../../../layers/postgres/TenantRead.ts"
import { tenantTable } from "../../../migrations/tenantTable.ts"
import { OrganizationId } from "../../../src/domain/Organization.ts"
import type { Parameter } from "../../../src/ports/StoredReads.ts"
import { Tenancy } from "../../../src/ports/Tenancy.ts"
import * as Database from "../../support/Database.ts"

const alice = OrganizationId.make("org_01J9ZX8K2QHV0M3T6R7P4N5W8A")
const bob = OrganizationId.make("org_01J9ZX8K2QHV0M3T6R7P4N5W8B")

const createPostits = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE postits (organization_id text NOT NULL, body text NOT NULL)`
  yield* tenantTable("postits")
})

const migrations = [{ owner: "postits", migrations: { "0001_create_postits": createPostits } }]

const ask = (
  organization: OrganizationId,
  statement: string,
  parameters: ReadonlyArray<Parameter> = [],
) => Effect.flatMap(ReadConnections, asking(organization, statement, parameters))

const asking =
  (organization: OrganizationId, statement: string, parameters: ReadonlyArray<Parameter> = []) =>
  (reads: ReadConnections["Type"]) =>
    Effect.async<Parameters<Told>[1], Error>((resume) =>
      reads.ask(organization, statement, parameters, (error, found) =>
        resume(error === null ? Effect.succeed(found) : Effect.fail(error)),
      ),
    )

const write = (organization: OrganizationId, body: string) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const { within } = yield* Tenancy
    yield* within(organization)(sql`INSERT INTO postits VALUES (${organization}, ${body})`)
  })

const whose = "SELECT $1 || ' ' || current_setting('app.organization', true)"
const failing = "SELECT (1 / (length($1) - 30))::text"
const messageOf = (result: Either.Either<unknown, Error>) =>
  Either.isLeft(result) ? result.left.message : "no error"

const cut = Effect.flatMap(
  OwnerSql,
  (sql) => sql`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'gateway_reads' AND datname = current_database()`,
)

layer(Database.layerOf(migrations), { excludeTestServices: true })("ReadConnections", (it) => {
  it.effect("shows an organization its rows alone, whatever a statement forgets", () =>
    Effect.gen(function* () {
      yield* write(alice, "hers")
      yield* write(bob, "his")
      const forgetful = "SELECT string_agg(body, ',') FROM postits WHERE $1 <> ''"
      expect(yield* ask(alice, forgetful)).toBe("hers")
      expect(yield* ask(bob, forgetful)).toBe("his")
    }),
  )

  it.effect("never takes one organization for another, however many ask at once", () =>
    Effect.gen(function* () {
      const askers = Array.from({ length: 400 }, (_, nth) => (nth % 3 === 0 ? alice : bob))
      const told = yield* Effect.all(
        askers.map((one) => ask(one, whose)),
        { concurrency: "unbounded" },
      )
      expect(told).toEqual(askers.map((one) => `${one} ${one}`))
    }),
  )

  it.effect("tells no row from a row without a text", () =>
    Effect.gen(function* () {
      expect(yield* ask(alice, "SELECT $1 WHERE false")).toBe(undefined)
      expect(yield* ask(alice, "SELECT NULL::text WHERE $1 <> ''")).toBe(null)
    }),
  )

  it.effect("passes on null, numbers and every text that PostgreSQL can hold", () =>
    Effect.gen(function* () {
      const texts = ["", "'; DROP TABLE postits; --", '"\\', "\u0001\u001f\u007f\u2028", "😀é"]
      for (const text of texts)
        expect(yield* ask(alice, "SELECT $2::text WHERE $1 <> ''", [text])).toBe(text)
      const sum = "SELECT ($2::bigint + coalesce($3::int, 1))::text WHERE $1 <> ''"
      expect(yield* ask(alice, sum, [Number.MAX_SAFE_INTEGER - 1, null])).toBe("9007199254740991")
    }),
  )

  it.effect("writes nothing", () =>
    Effect.gen(function* () {
      const writing = "INSERT INTO postits VALUES ($1, 'x') RETURNING body"
      const deleting =
        "WITH gone AS (DELETE FROM postits RETURNING body) SELECT body FROM gone WHERE $1 <> ''"
      for (const statement of [writing, deleting])
        expect(messageOf(yield* Effect.either(ask(alice, statement)))).toContain("read-only")
    }),
  )

  it.effect("lets a statement fail alone", () =>
    Effect.gen(function* () {
      const results = yield* Effect.all(
        Array.from({ length: 100 }, (_, nth) =>
          Effect.either(
            ask(bob, nth % 5 === 0 ? failing : nth % 7 === 0 ? "SELECT nonsense" : whose),
          ),
        ),
        { concurrency: "unbounded" },
      )
      results.forEach((result, nth) =>
        expect([nth, Either.isRight(result)]).toEqual([nth, nth % 5 !== 0 && nth % 7 !== 0]),
      )
    }),
  )

  it.effect("tells everybody who waits when connections are cut, and opens others", () =>
    Effect.gen(function* () {
      const slow = Effect.either(ask(alice, "SELECT $1 FROM pg_sleep(3)"))
      const [results] = yield* Effect.all(
        [
          Effect.all(
            Array.from({ length: 20 }, () => slow),
            { concurrency: "unbounded" },
          ),
          Effect.delay(cut, "300 millis"),
        ],
        { concurrency: "unbounded" },
      )
      expect(results.filter(Either.isLeft).length).toBe(20)
      expect(yield* Effect.retry(ask(alice, whose), { times: 3 })).toBe(`${alice} ${alice}`)
    }),
  )

  it.effect("gives up on a server that does not answer, and tells so", () =>
    Effect.gen(function* () {
      const url = yield* Database.empty
      const reads = new ReadConnection({ url, statementMillis: 300 })
      const asked = (statement: string) =>
        Effect.async<Either.Either<unknown, Error>>((resume) =>
          reads.ask(statement, statement, [alice], (error, found) =>
            resume(Effect.succeed(error === null ? Either.right(found) : Either.left(error))),
          ),
        )
      const pid = Number(
        Either.getOrThrow(yield* asked("SELECT pg_backend_pid()::text || left($1, 0)")),
      )
      process.kill(pid, "SIGSTOP")
      const started = performance.now()
      const results = yield* Effect.all(
        Array.from({ length: 8 }, () => asked(whose)),
        {
          concurrency: "unbounded",
        },
      )
      process.kill(pid, "SIGCONT")
      const isAway = (one: (typeof results)[number]) =>
        Either.isLeft(one) && isDatabaseAway(one.left)
      expect(results.every(isAway)).toBe(true)
      expect(performance.now() - started).toBeLessThan(2_000)
      expect(yield* asked(whose)).toEqual(Either.right(`${alice} ${alice}`))
      yield* Effect.promise(() => reads.close())
    }).pipe(Effect.scoped),
  )
})
