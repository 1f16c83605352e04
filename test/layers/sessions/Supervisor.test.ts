import { layer } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Deferred, Effect, Layer, Queue } from "effect"
import { EventLog } from "../../../layers/EventLog.ts"
import { SystemSql } from "../../../layers/Postgres.ts"
import { type Closed, Connector, type Update } from "../../../layers/sessions/Connector.ts"
import { DatabaseLeases } from "../../../layers/sessions/DatabaseLeases.ts"
import { type Desired, Leases } from "../../../layers/sessions/Leases.ts"
import { afterClose, defaultBackoff } from "../../../layers/sessions/Reconnect.ts"
import type { RunningSession } from "../../../layers/sessions/RunningSession.ts"
import { SessionRows } from "../../../layers/sessions/SessionRows.ts"
import { makeSupervisor } from "../../../layers/sessions/Supervisor.ts"
import { PhoneJid } from "../../../src/domain/Jid.ts"
import type { SessionId } from "../../../src/domain/Session.ts"
import * as Database from "../../support/Database.ts"
import { eventually, organization, storedSession } from "./Stage.ts"

const removed: Closed = { _tag: "Closed", reason: "logged_out", code: 401, text: "" }
const phoneJid = PhoneJid.make("6281234567890@s.whatsapp.net")
const open: Update = { _tag: "Open", account: { phoneJid, lid: undefined, name: undefined } }

interface Scene {
  readonly desired?: Desired
  /** What the first connection says; later ones say nothing. */
  readonly says?: ReadonlyArray<Update>
  readonly onEnd?: Effect.Effect<void>
  readonly onForget?: Effect.Effect<void>
  readonly onRelease?: Effect.Effect<void>
  readonly pace?: <A, E, R>(login: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/** One session, the real leases and rows, and a WhatsApp of which the test decides. */
const scene = Effect.fn(function* ({ says = [], desired = "running", ...scene }: Scene) {
  const { onEnd = Effect.void, onForget = Effect.void, onRelease = Effect.void } = scene
  const sql = yield* SystemSql
  const org = yield* organization
  const session = yield* storedSession(org)
  yield* sql`UPDATE sessions SET desired = ${desired} WHERE session_id = ${session}`
  const done = { connects: 0, forgets: 0, farewells: 0 }

  const connector = Layer.succeed(Connector, {
    connect: () =>
      Effect.gen(function* () {
        const updates = yield* Queue.unbounded<Update>()
        if (done.connects === 0) yield* Queue.offerAll(updates, says)
        done.connects += 1
        yield* Effect.addFinalizer(() => onEnd)
        return {
          updates,
          prove: Effect.void,
          backfill: Effect.void,
          logOut: Effect.sync(() => ++done.farewells > 0),
          pairByPhone: () => Effect.never,
          hangUp: () => {},
          isLinked: true,
          lastTrafficAt: () => undefined,
          waiting: () => 0,
        }
      }),
    isPaired: () => Effect.succeed(true),
    forget: () =>
      Effect.zipRight(
        onForget,
        Effect.sync(() => void (done.forgets += 1)),
      ),
  })
  const membership = yield* Effect.flatMap(Leases, (leases) => leases.join)
  const running = new Map<SessionId, RunningSession>()
  const look = yield* makeSupervisor(
    { ...membership, release: (lease) => Effect.zipRight(onRelease, membership.release(lease)) },
    running,
    { backoff: defaultBackoff, pace: scene.pace ?? ((login) => login), policy: afterClose },
  ).pipe(Effect.provide(connector))

  const row = Effect.map(
    sql<{ status: string; isFree: boolean }>`
      SELECT status, process_id IS NULL AS "isFree"
      FROM sessions LEFT JOIN session_leases USING (session_id) WHERE session_id = ${session}`,
    ([found]) => found!,
  )
  const told = Effect.map(
    sql<{ status: string }>`
      SELECT payload->>'status' AS status FROM events
      WHERE session_id = ${session} AND event = 'session.status' ORDER BY position`,
    (events) => events.map(({ status }) => status),
  )
  return {
    sql,
    session,
    done,
    running,
    look: Effect.provide(look, connector),
    row,
    told,
  } as const
})

const atRest = ({ isFree }: { readonly isFree: boolean }) => isFree

const services = Layer.provideMerge(
  Layer.merge(SessionRows.Default, DatabaseLeases("test")),
  Layer.provideMerge(EventLog, Database.layer),
)

layer(services, { excludeTestServices: true })("a supervisor", (it) => {
  it.scoped("leaves no credentials to a session that is stopped while it forgets them", () =>
    Effect.gen(function* () {
      const [begun, may] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      const onForget = Effect.zipRight(Deferred.succeed(begun, undefined), Deferred.await(may))
      const { done, look, row, told } = yield* scene({ says: [removed], onForget })
      yield* look
      yield* Deferred.await(begun)
      yield* look
      yield* Deferred.succeed(may, undefined)
      strictEqual((yield* eventually(row, atRest)).status, "logged_out")
      strictEqual(done.forgets, 1)
      deepStrictEqual(yield* told, ["starting", "logged_out"])
    }),
  )

  it.scoped("leaves a session logged out that is about to be let go", () =>
    Effect.gen(function* () {
      const [begun, may] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      const onRelease = Effect.zipRight(Deferred.succeed(begun, undefined), Deferred.await(may))
      const { look, row, running, session, told } = yield* scene({ says: [removed], onRelease })
      yield* look
      yield* Deferred.await(begun)
      yield* look
      yield* eventually(
        Effect.sync(() => running.has(session)),
        (isRunning) => !isRunning,
      )
      yield* Deferred.succeed(may, undefined)
      strictEqual((yield* eventually(row, atRest)).status, "logged_out")
      deepStrictEqual(yield* told, ["starting", "logged_out"])
    }),
  )

  for (const [desired, ...events] of [
    ["running", "starting", "logged_out"],
    ["logged_out", "logged_out"],
  ] as const)
    it.scoped(
      `forgets credentials once the database is back, of one that is to be ${desired}`,
      () =>
        Effect.gen(function* () {
          let failures = 2
          const away = Object.assign(new Error("gone"), { code: "57P01" })
          const onForget = Effect.suspend(() => (failures-- > 0 ? Effect.die(away) : Effect.void))
          const { done, look, row, told } = yield* scene({ says: [removed], desired, onForget })
          yield* look
          strictEqual((yield* eventually(row, atRest)).status, "logged_out")
          strictEqual(done.forgets, 1)
          deepStrictEqual(yield* told, events)
        }),
    )

  it.scoped("says goodbye to WhatsApp however many logins wait", () =>
    Effect.gen(function* () {
      const { done, look, row } = yield* scene({
        says: [open],
        desired: "logged_out",
        pace: () => Effect.never,
      })
      yield* look
      yield* eventually(row, atRest)
      strictEqual(done.farewells, 1)
    }),
  )

  it.scoped("runs anew, once, a session that was given away and came back", () =>
    Effect.gen(function* () {
      const may = yield* Deferred.make<void>()
      const onEnd = Deferred.await(may)
      const { done, look, row, running, session, sql } = yield* scene({ says: [open], onEnd })
      yield* look
      yield* eventually(row, ({ status }) => status === "working")
      yield* sql`UPDATE session_leases SET fence = fence + 1 WHERE session_id = ${session}`
      yield* look
      yield* look
      yield* Deferred.succeed(may, undefined)
      yield* eventually(
        Effect.sync(() => done.connects),
        (connects) => connects === 2,
      )
      strictEqual(running.get(session)?.lease.fence, 2)
    }),
  )
})
