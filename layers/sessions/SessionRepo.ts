import { SqlClient, SqlSchema, type Statement } from "@effect/sql"
import { Clock, Effect, type Option, Schema } from "effect"
import { OrganizationId } from "../../src/domain/Organization.ts"
import { Me, Session, SessionId } from "../../src/domain/Session.ts"
import type { SessionChange } from "../../src/ports/Sessions.ts"
import { Tenancy } from "../../src/ports/Tenancy.ts"
import { SystemSql } from "../Postgres.ts"
import type { Desired, PairingRequest } from "./Leases.ts"
import { columns, describedColumns, pairingColumns } from "./SessionColumns.ts"
import { Pairing } from "./Pairing.ts"

const Key = Schema.Struct({ organizationId: OrganizationId, id: SessionId })

/** `anew` where what runs well is to be ended first. */
export type Urgency = "patient" | "prompt" | "anew"

/** The attached numbers as rows, and what people want of them. */
export class SessionRepo extends Effect.Service<SessionRepo>()("layers/sessions/SessionRepo", {
  effect: Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const system = yield* SystemSql
    const { within } = yield* Tenancy

    const from = sql.literal(`FROM sessions s LEFT JOIN session_leases l USING (session_id)`)

    const findOne =
      <A, I>(result: Schema.Schema<A, I>, selected: string) =>
      (organizationId: OrganizationId, id: SessionId): Effect.Effect<Option.Option<A>> =>
        SqlSchema.findOne({
          Request: Key,
          Result: result,
          execute: () => sql`
            SELECT ${sql.literal(selected)} ${from}
            WHERE s.organization_id = ${organizationId} AND s.session_id = ${id}`,
        })({ organizationId, id }).pipe(within(organizationId), Effect.orDie)

    const list = SqlSchema.findAll({
      Request: OrganizationId,
      Result: Session,
      execute: (organization) => sql`
        SELECT ${sql.literal(columns)} ${from} WHERE s.organization_id = ${organization}
        ORDER BY s.created_at, s.session_id`,
    })

    const listAll = SqlSchema.findAll({
      Request: Schema.Void,
      Result: Session,
      execute: () => system`
        SELECT ${system.literal(columns)}
        FROM sessions s LEFT JOIN session_leases l USING (session_id)
        ORDER BY s.created_at, s.session_id`,
    })

    const insert = (organization: OrganizationId, session: Session, desired: Desired) => sql`
      INSERT INTO sessions (
        session_id, organization_id, created_by_user_id, gateway_id, label, desired, status,
        auto_read, presence_typing, rate_per_min, rate_per_hour, is_admin_session,
        created_at, updated_at, status_since)
      VALUES (
        ${session.id}, ${organization}, ${session.createdByUserId},
        ${session.gatewayId}, ${session.label}, ${desired}, ${session.status},
        ${session.autoRead}, ${session.presenceTyping}, ${session.ratePerMin},
        ${session.ratePerHour}, ${session.isAdminSession},
        ${session.createdAt}, ${session.updatedAt}, ${session.createdAt})`

    const update = (
      organization: OrganizationId,
      session: SessionId,
      change: Statement.Fragment,
    ): Effect.Effect<void> =>
      sql`UPDATE sessions SET ${change}
          WHERE organization_id = ${organization} AND session_id = ${session}`.pipe(
        within(organization),
        Effect.asVoid,
        Effect.orDie,
      )

    return {
      insert: (organization: OrganizationId, session: Session, desired: Desired) =>
        within(organization)(insert(organization, session, desired)).pipe(
          Effect.asVoid,
          Effect.orDie,
        ),

      /** Oldest first. */
      list: (organization: OrganizationId) =>
        Effect.orDie(within(organization)(list(organization))),

      /** Of every organization, oldest first. */
      listAll: Effect.orDie(listAll()),

      find: findOne(Session, columns),
      /** With how it fares. */
      findDescribed: findOne(Session, describedColumns),
      findMe: findOne(Me, meColumns),
      /** What there is to link it by. */
      findPairing: findOne(Pairing, pairingColumns),

      /** Changes what people may set. */
      change: (organization: OrganizationId, session: SessionId, change: SessionChange) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          update(organization, session, sql`${sql.update(settingsOf(change, now))}`),
        ),

      /**
       * Whoever holds the session sees to it; one that has failed is tried at once, unless a patient
       * caller finds that it is tried without them.
       */
      want: (
        organization: OrganizationId,
        session: SessionId,
        desired: Desired,
        urgency: Urgency,
      ) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          const isStuck = sql`(status = 'failed' AND NOT (${urgency === "patient"}
            AND desired = ${desired} AND (next_attempt_at IS NOT NULL OR retry_at_start)))`
          return update(
            organization,
            session,
            sql`desired = ${desired},
              revision = revision + CASE WHEN ${urgency === "anew"} OR ${isStuck} THEN 1 ELSE 0 END,
              next_attempt_at = CASE WHEN ${isStuck} THEN ${now}::bigint ELSE next_attempt_at END,
              updated_at = ${now}`,
          )
        }),

      askPairing: (organization: OrganizationId, session: SessionId, request: PairingRequest) =>
        update(organization, session, sql`pairing = ${JSON.stringify(request)}::jsonb`),

      /** What is stored about it goes with it. */
      remove: (organization: OrganizationId, session: SessionId) =>
        within(organization)(
          sql`DELETE FROM sessions
              WHERE organization_id = ${organization} AND session_id = ${session}`,
        ).pipe(Effect.asVoid, Effect.orDie),

      /** A gateway that starts may have the settings that earlier ones lacked. */
      retryFailed: Effect.flatMap(
        Clock.currentTimeMillis,
        (now) => system`
          UPDATE sessions SET next_attempt_at = ${now}
          WHERE desired = 'running' AND status = 'failed' AND retry_at_start`,
      ).pipe(Effect.asVoid, Effect.orDie),
    } as const
  }),
}) {}

const meColumns = `
  s.wa_jid AS "jid", s.wa_lid AS "lid", s.phone_number AS "phoneNumber", s.wa_name AS "name"`

const settingsOf = (change: SessionChange, now: number) => ({
  ...(change.label === undefined ? {} : { label: change.label }),
  ...(change.autoRead === undefined ? {} : { auto_read: change.autoRead }),
  ...(change.presenceTyping === undefined ? {} : { presence_typing: change.presenceTyping }),
  ...(change.ratePerMin === undefined ? {} : { rate_per_min: change.ratePerMin }),
  ...(change.ratePerHour === undefined ? {} : { rate_per_hour: change.ratePerHour }),
  updated_at: now,
})
