import { SqlClient, SqlSchema, type Statement } from "@effect/sql"
import { Effect, Schema } from "effect"
import type { GroupJid } from "../../../src/domain/Jid.ts"
import type { OrganizationId } from "../../../src/domain/Organization.ts"
import type { SessionId } from "../../../src/domain/Session.ts"
import type { ContactId } from "../../../src/ports/ContactBook.ts"
import { GroupJoinRequest } from "../Events.ts"

export interface RequestRow {
  readonly contact: ContactId
  readonly method: string
  readonly requestedAt: number | undefined
}

const Of = { organization: Schema.String, session: Schema.String }
const Seen = Schema.Struct({ ...Of, group: Schema.String, rows: Schema.String })
const OfGroups = Schema.Struct({ ...Of, jids: Schema.Array(Schema.String) })

/** How requests to join are written. Joins the caller's transaction, which has the session to itself. */
export class SeenRequestsRepo extends Effect.Service<SeenRequestsRepo>()(
  "plugins/groups/seen/SeenRequestsRepo",
  {
    effect: Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const columns = sql.literal(`
        g.group_jid AS "groupJid", c.lid, c.phone_jid AS "phoneJid", r.method,
        r.requested_at AS "requestedAt"`)

      const write = SqlSchema.findAll({
        Request: Seen,
        Result: GroupJoinRequest,
        execute: ({ group, organization, rows, session }) => sql`
          WITH concerned AS (
            SELECT group_id, group_jid FROM groups WHERE organization_id = ${organization}
              AND session_id = ${session} AND group_jid = ${group}
          ), waiting AS (
            SELECT * FROM jsonb_to_recordset(${rows}::jsonb) AS w("contact" bigint, "method" text,
              "requestedAt" bigint)
          ), closed AS (
            DELETE FROM group_join_requests r USING concerned g WHERE r.group_id = g.group_id
              AND r.contact_id NOT IN (SELECT "contact" FROM waiting)
            RETURNING r.*
          ), opened AS (
            INSERT INTO group_join_requests (organization_id, session_id, group_id, contact_id,
              method, requested_at)
            SELECT ${organization}, ${session}, group_id, "contact", "method", "requestedAt"
            FROM concerned, waiting ON CONFLICT DO NOTHING
            RETURNING *
          )
          SELECT ${columns}, r.status FROM (
            SELECT *, 'closed' AS status FROM closed UNION ALL SELECT *, 'open' FROM opened
          ) r JOIN concerned g USING (group_id) JOIN contacts c USING (contact_id)
          ORDER BY r.requested_at, r.contact_id`,
      })

      const closing = (whose: Statement.Fragment) =>
        SqlSchema.findAll({
          Request: OfGroups,
          Result: GroupJoinRequest,
          execute: ({ jids, organization, session }) => sql`
            WITH closed AS (
              DELETE FROM group_join_requests r USING groups g
              WHERE g.organization_id = ${organization} AND g.session_id = ${session}
                AND g.group_jid = ANY(${jids as never}::text[]) AND r.group_id = g.group_id
                AND ${whose}
              RETURNING r.*
            )
            SELECT ${columns}, 'closed' AS status
            FROM closed r JOIN groups g USING (group_id) JOIN contacts c USING (contact_id)
            ORDER BY r.group_id, r.requested_at, r.contact_id`,
        })
      const close = closing(sql`true`)
      const enter = closing(sql`EXISTS (
        SELECT FROM group_members m WHERE m.group_id = r.group_id
          AND m.contact_id = r.contact_id AND m.left_at IS NULL)`)

      return {
        /** Makes these the only open requests of the group; returns those that opened or closed. */
        write: (
          organization: OrganizationId,
          session: SessionId,
          group: GroupJid,
          rows: ReadonlyArray<RequestRow>,
        ) => Effect.orDie(write({ organization, session, group, rows: JSON.stringify(rows) })),
        /** Closes the requests of those who are members by now. */
        enter: (organization: OrganizationId, session: SessionId, jids: ReadonlyArray<GroupJid>) =>
          Effect.orDie(enter({ organization, session, jids })),
        /** Closes every request of these groups. */
        close: (organization: OrganizationId, session: SessionId, jids: ReadonlyArray<GroupJid>) =>
          Effect.orDie(close({ organization, session, jids })),
      } as const
    }),
  },
) {}
