import { SqlClient, type Statement } from "@effect/sql"
import { Clock, Effect } from "effect"
import type { Happening } from "../../src/domain/Event.ts"
import { phoneNumberOf } from "../../src/domain/Jid.ts"
import type { SessionError, SessionId, SessionStatus } from "../../src/domain/Session.ts"
import type { SessionStatusChanged } from "../../src/domain/SessionEvent.ts"
import { Events } from "../../src/ports/Events.ts"
import { type Safe, Safes } from "../../src/ports/Safes.ts"
import type { QrCode } from "../../src/ports/Sessions.ts"
import { Tenancy } from "../../src/ports/Tenancy.ts"
import { SystemSql } from "../Postgres.ts"
import type { Account } from "./Connector.ts"
import type { Lease, PairingRequest } from "./Leases.ts"
import type { PairingAnswer } from "./Pairing.ts"
import { persistently } from "./Persistence.ts"
import { sealCode } from "./SealedCode.ts"

/** What a session came to. */
export interface Transition {
  readonly status: SessionStatus
  /** Nothing changes where it stands so. */
  readonly unless?: SessionStatus
  /** Why its connection has ended, where one has. */
  readonly error?: SessionError
  readonly nextAttemptAt?: number
  /** Who was found to have linked it. */
  readonly account?: Account
  /** Nobody wants it to run any more. */
  readonly unwanted?: boolean
  readonly retryAtStart?: boolean
}

export interface Traffic {
  readonly session: SessionId
  /** When it was last heard of, if since it runs here. */
  readonly at: number | undefined
  /** What was seen and is not stored yet. */
  readonly waiting: number
}

/** Writes what happens to sessions, as long as this process holds them, and tells it in the log. */
export class SessionRows extends Effect.Service<SessionRows>()("layers/sessions/SessionRows", {
  effect: Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const system = yield* SystemSql
    const { within } = yield* Tenancy
    const events = yield* Events
    const safes = yield* Safes

    /** One commit of the change and what it means to others. */
    const write = (
      { fence, organization, session }: Lease,
      change: (now: number) => Statement.Fragment,
      happenings: (previous: SessionStatus) => ReadonlyArray<Happening>,
      unless: SessionStatus | null = null,
    ) =>
      Effect.gen(function* () {
        const [row] = yield* sql<{ previous: SessionStatus }>`
          UPDATE sessions s SET ${change(yield* Clock.currentTimeMillis)}
          FROM (SELECT status AS previous
                FROM require_lease(${session}, ${fence}::bigint), sessions
                WHERE organization_id = ${organization} AND session_id = ${session}
                  AND status IS DISTINCT FROM ${unless}
                FOR UPDATE OF sessions) old
          WHERE s.organization_id = ${organization} AND s.session_id = ${session}
          RETURNING old.previous`
        if (row !== undefined) yield* events.append(organization, session, happenings(row.previous))
      }).pipe(within(organization), persistently(session))

    const columnsOf = ({ lid, name, phoneJid }: Account, now: number) => sql`
      phone_number = ${phoneNumberOf(phoneJid)}, wa_jid = ${phoneJid}, wa_lid = ${lid ?? null},
      wa_name = coalesce(${name ?? null}, s.wa_name), last_connected_at = ${now}, pairing = NULL`

    const enter = (lease: Lease, to: Transition) =>
      write(
        lease,
        (now) => sql`
          ${to.account === undefined ? sql`` : sql`${columnsOf(to.account, now)},`}
          status = ${to.status}, updated_at = ${now},
          status_since = CASE WHEN s.status = ${to.status} THEN s.status_since
            ELSE ${now}::bigint END,
          last_error = ${to.error === undefined ? sql`s.last_error` : sql`${JSON.stringify(to.error)}::jsonb`},
          reconnects = s.reconnects + ${to.nextAttemptAt === undefined ? 0 : 1},
          next_attempt_at = ${to.nextAttemptAt ?? null},
          retry_at_start = ${to.retryAtStart ?? true},
          backfill = ${isOver(to.status) ? givenUp(sql, now) : sql`s.backfill`},
          desired = CASE WHEN ${to.unwanted ?? false} THEN 'stopped' ELSE s.desired END,
          qr = NULL`,
        (previous) => statusHappenings(previous, to),
        to.unless,
      )

    return {
      enter,

      /** A new run counts from nothing. */
      begin: (lease: Lease) =>
        write(
          lease,
          (now) => sql`
            reconnects = 0, qr = NULL, status = 'starting', status_since = ${now},
            next_attempt_at = NULL, updated_at = ${now}, backfill = ${givenUp(sql, now)}`,
          (previous) => statusHappenings(previous, { status: "starting" }),
        ),

      linked: (lease: Lease, account: Account) =>
        write(
          lease,
          (now) => sql`${columnsOf(account, now)}, updated_at = ${now}`,
          () => [],
        ),

      /** There is something to scan. */
      shown: (lease: Lease, { code, expiresAt }: QrCode) =>
        Effect.flatMap(safes.of(lease.organization, lease.session), (safe) =>
          write(
            lease,
            (now) => sql`
              status = 'scan_qr_code',
              qr = ${JSON.stringify({ code: sealCode(safe, "qr", code), expiresAt })}::jsonb,
              updated_at = ${now}, next_attempt_at = NULL,
              status_since = CASE WHEN s.status = 'scan_qr_code' THEN s.status_since
                ELSE ${now}::bigint END`,
            (previous) => [
              ...statusHappenings(previous, { status: "scan_qr_code" }),
              { event: "auth.qr", payload: { expiresAt } },
            ],
          ),
        ),

      pairingAnswered: (lease: Lease, request: PairingRequest, answer: PairingAnswer) =>
        Effect.flatMap(safes.of(lease.organization, lease.session), (safe) =>
          write(
            lease,
            () => sql`pairing = CASE WHEN s.pairing->>'id' = ${request.id}
              THEN s.pairing || ${JSON.stringify({ answer: sealed(safe, answer) })}::jsonb
              ELSE s.pairing END`,
            () => codeHappenings(request, answer),
          ),
        ),

      backfilled: (lease: Lease, id: string, error: string | null) =>
        write(
          lease,
          (now) => sql`backfill = CASE WHEN s.backfill->>'id' = ${id}
            THEN s.backfill || ${ended(now, error)}::jsonb ELSE s.backfill END`,
          () => [],
        ),

      /** For reading, so nobody minds when it fails. */
      sawTraffic: (seen: ReadonlyArray<Traffic>) =>
        system`
          UPDATE sessions s
          SET last_traffic_at = coalesce(t.at, s.last_traffic_at), queue_depth = t.waiting
          FROM unnest(${seen.map(({ session }) => session)}::text[],
            ${seen.map(({ at }) => at ?? null)}::bigint[],
            ${seen.map(({ waiting }) => waiting)}::integer[]) AS t (id, at, waiting)
          WHERE s.session_id = t.id`.pipe(Effect.ignore),
    } as const
  }),
}) {}

const isOver = (status: SessionStatus) => !["starting", "working"].includes(status)

const ended = (finishedAt: number, error: string | null) =>
  JSON.stringify({ status: error === null ? "done" : "failed", finishedAt, error })

/** Nobody is carrying out a backfill any more. */
const givenUp = (sql: SqlClient.SqlClient, now: number) => sql`
  CASE WHEN s.backfill->>'status' = 'running'
    THEN s.backfill || ${ended(now, "the session was stopped meanwhile")}::jsonb
    ELSE s.backfill END`

const sealed = (safe: Safe, answer: PairingAnswer): PairingAnswer =>
  answer._tag === "Code" ? { ...answer, code: sealCode(safe, "pairing", answer.code) } : answer

const codeHappenings = (
  { phone }: PairingRequest,
  answer: PairingAnswer,
): ReadonlyArray<Happening> =>
  answer._tag === "Code"
    ? [{ event: "auth.code", payload: { phone, expiresAt: answer.expiresAt } }]
    : []

/** The end of a connection is told even where the status stays. */
const statusHappenings = (previous: SessionStatus, to: Transition): ReadonlyArray<Happening> => {
  if (previous === to.status && to.error === undefined) return []
  const payload: SessionStatusChanged = {
    status: to.status,
    previous,
    error: to.error ?? null,
    nextAttemptAt: to.nextAttemptAt ?? null,
  }
  return [{ event: "session.status", payload }]
}
