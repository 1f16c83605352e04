import { Clock, Effect, Option } from "effect"
import type { Backfill } from "../../src/domain/Backfill.ts"
import { BackfillRunning } from "../../src/domain/Backfill.ts"
import { type SessionId, SessionNotFound, SessionOffline } from "../../src/domain/Session.ts"
import { SystemSql } from "../Postgres.ts"
import type { RunningSession } from "./RunningSession.ts"
import { standing } from "./SessionColumns.ts"
import { SessionRows } from "./SessionRows.ts"
import { ulid } from "../Ulid.ts"

/** Asks for backfills, and tells how they fare; the session's own process carries them out. */
export const makeBackfills = Effect.gen(function* () {
  const sql = yield* SystemSql

  const find = Effect.fn("Sessions.findBackfill")(function* (session: SessionId) {
    const [row] = yield* sql<{ backfill: Omit<Backfill, "sessionId"> | null }>`
      SELECT backfill FROM sessions WHERE session_id = ${session}`.pipe(Effect.orDie)
    if (row === undefined) return yield* new SessionNotFound()
    const { error, finishedAt, startedAt, status } = row.backfill ?? never
    return { sessionId: session, status, startedAt, finishedAt, error } satisfies Backfill
  })

  const ask = Effect.fn("Sessions.backfill")(function* (session: SessionId) {
    const startedAt = yield* Clock.currentTimeMillis
    const asked = { ...never, id: ulid(startedAt), status: "running", startedAt }
    const [row] = yield* sql<{ status: SessionOffline["status"]; accepted: boolean }>`
      WITH found AS (
        SELECT session_id, ${sql.literal(standing)} AS status
        FROM sessions s LEFT JOIN session_leases l USING (session_id)
        WHERE session_id = ${session}
      ), accepted AS (
        UPDATE sessions s SET backfill = ${JSON.stringify(asked)}::jsonb FROM found
        WHERE s.session_id = found.session_id AND found.status = 'working'
          AND s.backfill->>'status' IS DISTINCT FROM 'running'
        RETURNING s.session_id
      )
      SELECT status, EXISTS (SELECT FROM accepted) AS accepted FROM found`.pipe(Effect.orDie)
    if (row === undefined) return yield* new SessionNotFound()
    if (row.accepted) return yield* find(session)
    return yield* row.status === "working"
      ? new BackfillRunning()
      : new SessionOffline({ status: row.status })
  })

  return { ask, find } as const
})

/** Carries out one backfill, with whatever connection there is. */
export const carryOutBackfill = Effect.fn("Backfills.carryOut")(function* (
  { connection, lease }: RunningSession,
  id: string,
) {
  const rows = yield* SessionRows
  const failed = yield* Effect.flip(connection?.backfill ?? notConnected).pipe(Effect.option)
  yield* rows.backfilled(lease, id, Option.getOrNull(failed))
})

const notConnected = Effect.fail("session is not connected")

const never = { status: "never", startedAt: null, finishedAt: null, error: null } as const
