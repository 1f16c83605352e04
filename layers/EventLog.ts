import { SqlClient, SqlSchema } from "@effect/sql"
import { Clock, Effect, Layer, Schema } from "effect"
import { Event, EventName, type Happening } from "../src/domain/Event.ts"
import { OrganizationId } from "../src/domain/Organization.ts"
import type { SessionId } from "../src/domain/Session.ts"
import { Events } from "../src/ports/Events.ts"
import { Tenancy } from "../src/ports/Tenancy.ts"
import { ulid } from "./Ulid.ts"

/** Told the organization of every commit with events: a hint, which may get lost. */
export const eventsChannel = "gateway_events"

const LoggedEvent = Schema.Struct({ ...Event.fields, position: Schema.Int })

export const EventLog = Layer.effect(
  Events,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const { joining, within } = yield* Tenancy

    const append: Events["Type"]["append"] = (organization, session, happenings) =>
      happenings.length === 0 ? Effect.void : write(organization, session, happenings)

    const write = (
      organization: OrganizationId,
      session: SessionId,
      happenings: ReadonlyArray<Happening>,
    ) =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        const rows = happenings.map((happening) => ({ ...happening, id: `evt_${ulid(now)}` }))
        yield* sql`
          WITH head AS (
            INSERT INTO event_heads AS h (organization_id, position)
            VALUES (${organization}, ${rows.length})
            ON CONFLICT (organization_id)
              DO UPDATE SET position = h.position + excluded.position
            RETURNING position - ${rows.length} AS before
          ), logged AS (
            INSERT INTO events (organization_id, position, event_id, event, session_id, created_at,
              payload)
            SELECT ${organization}, head.before + r.ordinality, r.value->>'id', r.value->>'event',
              ${session}, ${now}::bigint, r.value->'payload'
            FROM head, jsonb_array_elements(${JSON.stringify(rows)}::jsonb) WITH ORDINALITY r
          )
          SELECT pg_notify(${eventsChannel}, ${organization})`
      }).pipe(Effect.orDie, joining(organization))

    const read = SqlSchema.findAll({
      Request: Schema.Struct({
        organization: OrganizationId,
        after: Schema.Int,
        limit: Schema.Int,
        names: Schema.NullOr(Schema.Array(EventName)),
      }),
      Result: LoggedEvent,
      execute: ({ after, limit, names, organization }) => sql`
        SELECT position, 'v1' AS schema, event_id AS "id", event, session_id AS "session",
          organization_id AS "organization", created_at AS "timestamp", payload
        FROM events WHERE organization_id = ${organization} AND position > ${after}
          AND (${names as never}::text[] IS NULL OR event = ANY(${names as never}::text[]))
        ORDER BY position LIMIT ${limit}`,
    })

    return {
      append,
      read: (organization, after, limit, names) =>
        Effect.orDie(
          within(organization)(read({ organization, after, limit, names: names ?? null })),
        ),
    }
  }),
)
