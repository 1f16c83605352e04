import { layer } from "@effect/vitest"
import { assertEquals, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Effect, Layer } from "effect"
import { EventLog } from "../../../layers/EventLog.ts"
import { SystemSql } from "../../../layers/Postgres.ts"
import { makeBackfills } from "../../../layers/sessions/Backfills.ts"
import { DatabaseLeases } from "../../../layers/sessions/DatabaseLeases.ts"
import { Leases } from "../../../layers/sessions/Leases.ts"
import { SessionRepo } from "../../../layers/sessions/SessionRepo.ts"
import { SessionRows } from "../../../layers/sessions/SessionRows.ts"
import { SessionOffline } from "../../../src/domain/Session.ts"
import * as Database from "../../support/Database.ts"
import { organization, storedSession } from "./Stage.ts"

/** A session that works as far as its row goes. */
const working = Effect.gen(function* () {
  const sql = yield* SystemSql
  const org = yield* organization
  const session = yield* storedSession(org)
  yield* sql`
    UPDATE sessions SET desired = 'running', status = 'working' WHERE session_id = ${session}`
  return { org, session } as const
})

const services = Layer.provideMerge(
  Layer.mergeAll(SessionRows.Default, SessionRepo.Default, DatabaseLeases("test")),
  Layer.provideMerge(EventLog, Database.layer),
)

layer(services, { excludeTestServices: true })("a session that no process holds", (it) => {
  it.scoped("is offered no backfill, whatever its row says", () =>
    Effect.gen(function* () {
      const { session } = yield* working
      const { ask } = yield* makeBackfills
      const refused = yield* Effect.flip(ask(session))
      assertEquals(refused, new SessionOffline({ status: "starting" }))
      const { orders } = yield* Effect.flatMap(Leases, (leases) => leases.join)
      yield* orders(100)
      strictEqual((yield* ask(session)).status, "running")
    }),
  )

  it.scoped("has nothing left to store, and had what its process last told", () =>
    Effect.gen(function* () {
      const { org, session } = yield* working
      const repo = yield* SessionRepo
      const described = Effect.map(
        Effect.flatten(repo.findDescribed(org, session)),
        ({ runtime }) => [runtime?.queueDepth, runtime?.lastTrafficAt],
      )
      const { orders, release } = yield* Effect.flatMap(Leases, (leases) => leases.join)
      const lease = (yield* orders(100)).find((order) => order.session === session)!
      const { sawTraffic } = yield* SessionRows
      yield* sawTraffic([{ session, at: 5, waiting: 3 }])
      deepStrictEqual(yield* described, [3, 5])
      yield* sawTraffic([{ session, at: undefined, waiting: 2 }])
      deepStrictEqual(yield* described, [2, 5])
      yield* release(lease)
      deepStrictEqual(yield* described, [0, 5])
    }),
  )
})
