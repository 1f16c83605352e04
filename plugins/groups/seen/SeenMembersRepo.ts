import { SqlClient, SqlSchema } from "@effect/sql"
import { Effect, Schema } from "effect"
import { GroupJid } from "../../../src/domain/Jid.ts"
import type { OrganizationId } from "../../../src/domain/Organization.ts"
import type { SessionId } from "../../../src/domain/Session.ts"
import type { MemberRole } from "../../../src/domain/Sighting.ts"
import type { ContactId } from "../../../src/ports/ContactBook.ts"
import { MemberChange } from "../Events.ts"

export interface MemberRow {
  readonly jid: GroupJid
  readonly contact: ContactId
  readonly role: MemberRole
}

export interface TagRow {
  readonly jid: GroupJid
  readonly contact: ContactId
  readonly tag: string
}

const Changed = Schema.Struct({ groupJid: GroupJid, ...MemberChange.fields })

const Seen = Schema.Struct({
  organization: Schema.String,
  session: Schema.String,
  now: Schema.Int,
  jids: Schema.Array(GroupJid),
  rows: Schema.String,
  quiet: Schema.Array(GroupJid),
})
const Tagged = Schema.Struct({
  organization: Schema.String,
  session: Schema.String,
  rows: Schema.String,
})

/** How members are written. Joins the caller's transaction, which has the session to itself. */
export class SeenMembersRepo extends Effect.Service<SeenMembersRepo>()(
  "plugins/groups/seen/SeenMembersRepo",
  {
    effect: Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      // Without statistics, right after a number was linked, the planner expects a handful of members
      // and would compare each with each.
      const asSets = <A, E, R>(statement: Effect.Effect<A, E, R>) =>
        sql`SET LOCAL enable_nestloop = off`.pipe(
          Effect.zipRight(statement),
          Effect.zipLeft(sql`SET LOCAL enable_nestloop = on`),
        )

      const write = SqlSchema.findAll({
        Request: Seen,
        Result: Changed,
        execute: ({ jids, now, organization, quiet, rows, session }) => sql`
          WITH concerned AS (
            SELECT group_id, group_jid FROM groups
            WHERE organization_id = ${organization} AND session_id = ${session}
              AND group_jid = ANY(${jids as never}::text[])
          ), present AS MATERIALIZED (
            SELECT DISTINCT ON (group_id, contact_id) c.group_id, r."contact" AS contact_id, r."role"
            FROM jsonb_to_recordset(${rows}::jsonb) AS r("jid" text, "contact" bigint, "role" text)
            JOIN concerned c ON c.group_jid = r."jid"
            ORDER BY group_id, contact_id
          ), before AS MATERIALIZED (
            SELECT * FROM group_members
            WHERE group_id = ANY(ARRAY(SELECT group_id FROM concerned))
          ), gone AS (
            UPDATE group_members SET left_at = ${now}
            WHERE member_id = ANY(ARRAY(
              SELECT b.member_id FROM before b LEFT JOIN present p USING (group_id, contact_id)
              WHERE b.left_at IS NULL AND p.contact_id IS NULL))
            RETURNING *
          ), written AS (
            INSERT INTO group_members (organization_id, session_id, group_id, contact_id, role,
              first_seen_at, last_seen_at)
            SELECT ${organization}, ${session}, group_id, contact_id, role, ${now}::bigint,
              ${now}::bigint
            FROM present
            ON CONFLICT (group_id, contact_id) DO UPDATE SET role = excluded.role,
              last_seen_at = excluded.last_seen_at, left_at = NULL
            RETURNING *
          ), loud AS (
            SELECT group_id, group_jid FROM concerned WHERE group_jid <> ALL(${quiet as never}::text[])
          ), changes AS MATERIALIZED (
            SELECT w.group_id, w.contact_id, w.member_id, w.role, w.tag, CASE
              WHEN b.member_id IS NULL OR b.left_at IS NOT NULL THEN 'joined'
              WHEN w.role = b.role THEN NULL
              WHEN b.role = 'member' OR w.role = 'superadmin' THEN 'promoted'
              ELSE 'demoted' END AS change
            FROM written w LEFT JOIN before b USING (group_id, contact_id)
            UNION ALL
            SELECT group_id, contact_id, member_id, role, tag, 'left' FROM gone
          ), news AS MATERIALIZED (
            SELECT h.*, g.group_jid FROM changes h JOIN loud g USING (group_id)
            WHERE h.change IS NOT NULL
          )
          SELECT h.group_jid AS "groupJid", h.change, c.lid, c.phone_jid AS "phoneJid", h.role, h.tag
          FROM news h JOIN contacts c USING (contact_id)
          WHERE c.contact_id = ANY(ARRAY(SELECT contact_id FROM news))
          ORDER BY h.group_id, h.member_id`,
      })

      const tag = SqlSchema.findAll({
        Request: Tagged,
        Result: Changed,
        execute: ({ organization, rows, session }) => sql`
          WITH tagged AS (
            UPDATE group_members m SET tag = r."tag"
            FROM jsonb_to_recordset(${rows}::jsonb) AS r("jid" text, "contact" bigint, "tag" text)
            JOIN groups g ON g.group_jid = r."jid"
            WHERE g.organization_id = ${organization} AND g.session_id = ${session}
              AND m.group_id = g.group_id AND m.contact_id = r."contact" AND m.tag <> r."tag"
            RETURNING g.group_jid, m.*
          )
          SELECT t.group_jid AS "groupJid", 'tagged' AS change, c.lid, c.phone_jid AS "phoneJid",
            t.role, t.tag
          FROM tagged t JOIN contacts c USING (contact_id) ORDER BY t.group_id, t.member_id`,
      })

      return {
        /** Who joined, left or changed rank; nothing of the groups that are `quiet`. */
        write: (
          organization: OrganizationId,
          session: SessionId,
          now: number,
          jids: ReadonlyArray<GroupJid>,
          rows: ReadonlyArray<MemberRow>,
          quiet: ReadonlyArray<GroupJid>,
        ) =>
          Effect.orDie(
            asSets(write({ organization, session, now, jids, quiet, rows: JSON.stringify(rows) })),
          ),
        tag: (organization: OrganizationId, session: SessionId, rows: ReadonlyArray<TagRow>) =>
          Effect.orDie(tag({ organization, session, rows: JSON.stringify(rows) })),
      } as const
    }),
  },
) {}
