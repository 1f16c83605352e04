import { layer } from "@effect/vitest"
import { assertEquals, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Deferred, Effect, Exit, Layer, Scope } from "effect"
import { EventLog } from "../../../layers/EventLog.ts"
import { SystemSql } from "../../../layers/Postgres.ts"
import { DatabaseLeases } from "../../../layers/sessions/DatabaseLeases.ts"
import { isFencedOff, LeaseLost } from "../../../layers/sessions/LeaseLost.ts"
import { type Lease, Leases, type Membership } from "../../../layers/sessions/Leases.ts"
import { SessionRows } from "../../../layers/sessions/SessionRows.ts"
import type { SessionId } from "../../../src/domain/Session.ts"
import * as Database from "../../support/Database.ts"
import { organization, storedSession } from "./Stage.ts"

const join = (name: string) =>
  Effect.flatMap(Leases, (leases) => leases.join).pipe(
    Effect.provide(Layer.fresh(DatabaseLeases(name))),
  )

const wanted = Effect.gen(function* () {
  const sql = yield* SystemSql
  const org = yield* organization
  const session = yield* storedSession(org)
  yield* sql`UPDATE sessions SET desired = 'running' WHERE session_id = ${session}`
  return { org, session } as const
})

const leaseOf = (membership: Membership, session: SessionId) =>
  Effect.map(membership.orders(100), (orders): Lease | undefined =>
    orders.find((order) => order.session === session),
  )

/** As if the process had said nothing for long. */
const silence = (name: string) =>
  Effect.flatMap(
    SystemSql,
    (sql) => sql`UPDATE gateway_processes SET alive_until = clock_timestamp() - interval '1 second'
      WHERE gateway_id = ${name}`,
  )

const services = Layer.provideMerge(
  SessionRows.Default,
  Layer.provideMerge(EventLog, Database.layer),
)

layer(services, { excludeTestServices: true })("leases", (it) => {
  it.scoped("give a session to one process at a time", () =>
    Effect.gen(function* () {
      const { session } = yield* wanted
      const [first, second] = yield* Effect.all([join("1a"), join("1b")])
      const found = yield* Effect.all([leaseOf(first, session), leaseOf(second, session)], {
        concurrency: 2,
      })
      strictEqual(found.filter((lease) => lease !== undefined).length, 1)
    }),
  )

  it.scoped("pass a session on, each time with a greater fence", () =>
    Effect.gen(function* () {
      const { session } = yield* wanted
      const [first, second] = yield* Effect.all([join("2a"), join("2b")])
      const lease = yield* leaseOf(first, session)
      strictEqual(yield* leaseOf(second, session), undefined)
      yield* first.release(lease!)
      const next = yield* leaseOf(second, session)
      assertTrue(next!.fence! > lease!.fence!)
    }),
  )

  it.scoped("are told anew only when something about them has changed", () =>
    Effect.gen(function* () {
      const sql = yield* SystemSql
      const { session } = yield* wanted
      const { orders } = yield* join("7a")
      const before = yield* orders(100)
      strictEqual(yield* orders(100), before)
      yield* sql`UPDATE sessions SET revision = revision + 1 WHERE session_id = ${session}`
      const after = yield* orders(100)
      deepStrictEqual(
        [before, after].map((all) => all.find((order) => order.session === session)?.revision),
        [0, 1],
      )
      yield* sql`UPDATE session_leases SET process_id = NULL`
      yield* sql`UPDATE sessions SET desired = 'stopped' WHERE session_id = ${session}`
      deepStrictEqual(yield* orders(100), [])
    }),
  )

  it.scoped("are all free once their process has gone", () =>
    Effect.gen(function* () {
      const { session } = yield* wanted
      const scope = yield* Scope.make()
      const first = yield* Scope.extend(join("3a"), scope)
      assertTrue((yield* leaseOf(first, session)) !== undefined)
      const second = yield* join("3b")
      yield* Scope.close(scope, Exit.void)
      assertTrue((yield* leaseOf(second, session)) !== undefined)
    }),
  )

  it.scoped(
    "of a silent process go to another, and the silent one learns that it is over",
    () =>
      Effect.gen(function* () {
        const { session } = yield* wanted
        const [first, second] = yield* Effect.all([join("4a"), join("4b")])
        yield* leaseOf(first, session)
        yield* silence("4a")
        const taken = yield* leaseOf(second, session).pipe(
          Effect.repeat({ until: (lease) => lease !== undefined }),
          Effect.timeout("10 seconds"),
        )
        assertTrue(taken !== undefined)
        yield* Deferred.await(first.ended).pipe(Effect.timeout("10 seconds"))
      }),
    30_000,
  )

  it.scoped("refuse every write that comes with an older fence", () =>
    Effect.gen(function* () {
      const sql = yield* SystemSql
      const rows = yield* SessionRows
      const { org, session } = yield* wanted
      const [first, second] = yield* Effect.all([join("5a"), join("5b")])
      const stale = (yield* leaseOf(first, session))!
      yield* rows.enter(stale, { status: "working" })
      yield* first.release(stale)
      const free = yield* Effect.flip(rows.enter(stale, { status: "failed" }))
      const lease = (yield* leaseOf(second, session))!
      const late = yield* Effect.flip(rows.enter(stale, { status: "failed" }))
      deepStrictEqual(
        [free, late].map(({ _tag }) => _tag),
        ["LeaseLost", "LeaseLost"],
      )
      assertEquals(late, new LeaseLost({ session }))
      const refused = yield* Effect.flip(sql`SELECT require_lease(${session}, ${stale.fence})`)
      assertTrue(isFencedOff(refused))
      yield* sql`SELECT require_lease(${session}, ${lease.fence})`
      const [row] = yield* sql<{ status: string }>`
        SELECT status FROM sessions WHERE session_id = ${session} AND organization_id = ${org}`
      strictEqual(row?.status, "working")
    }),
  )

  it.scoped("make a taker wait for a write that is under way", () =>
    Effect.gen(function* () {
      const sql = yield* SystemSql
      const { session } = yield* wanted
      const [first, second] = yield* Effect.all([join("6a"), join("6b")])
      const lease = (yield* leaseOf(first, session))!
      const log: Array<string> = []
      const writing = sql`SELECT require_lease(${session}, ${lease.fence})`.pipe(
        Effect.zipRight(Effect.sleep("300 millis")),
        Effect.zipRight(Effect.sync(() => log.push("written"))),
        sql.withTransaction,
      )
      const taking = Effect.sleep("100 millis").pipe(
        Effect.zipRight(first.release(lease)),
        Effect.zipRight(leaseOf(second, session)),
        Effect.zipRight(Effect.sync(() => log.push("taken"))),
      )
      yield* Effect.all([writing, taking], { concurrency: 2 })
      deepStrictEqual(log, ["written", "taken"])
    }),
  )
})
