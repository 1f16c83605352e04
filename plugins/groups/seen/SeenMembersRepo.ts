import { SqlClient, SqlSchema } from "@effect/sql"
import { Effect, Schema } from "effect"
import { GroupJid } from "../../../src/domain/Jid.ts"
import type { OrganizationId } from "../../../src/domain/Organization.ts"
import type { SessionId } from "../../../src/domain/Session.ts"
import type { MemberRole } from "../../../src/domain/Sighting.ts"
import type { ContactId } from "../../../src/ports/ContactBook.ts"
import { asSets } from "../../../src/storage/Batch.ts"
import { MemberChange } from "../Events.ts"

export interface MemberRow {
  readonly jid: GroupJid
  readonly contact: ContactId
  readonly role: MemberRole
}

export const ChangedMember = Schema.Struct({ groupJid: GroupJid, ...MemberChange.fields })

const Seen = Schema.Struct({
  organization: Schema.String,
  session: Schema.String,
  now: Schema.Int,
  jids: Schema.Array(GroupJid),
  /** One column each of what the members are: group, contact, role. */
  groups: Schema.Array(Schema.String),
  contacts: Schema.Array(Schema.Int),
  roles: Schema.Array(Schema.String),
  quiet: Schema.Array(GroupJid),
})

/** In the order in which they are numbered where there are many. */
const roles: ReadonlyArray<MemberRole> = ["member", "admin", "superadmin"]

/** How members are written, each named once a group. Joins the caller's transaction, which has the session to itself. */
export class SeenMembersRepo extends Effect.Service<SeenMembersRepo>()(
  "plugins/groups/seen/SeenMembersRepo",
  {
    effect: Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      // Only what is different is written: seen again, a group takes one row, however many are in it.
      const write = SqlSchema.findAll({
        Request: Seen,
        Result: ChangedMember,
        execute: ({ contacts, groups, jids, now, organization, quiet, roles, session }) => sql`
          WITH concerned AS MATERIALIZED (
            SELECT group_id, group_jid, seen_at FROM groups
            WHERE organization_id = ${organization} AND session_id = ${session}
              AND group_jid = ANY(${jids as never}::text[])
          ), seen AS (
            UPDATE groups SET seen_at = ${now}
            WHERE group_id = ANY(ARRAY(SELECT group_id FROM concerned WHERE seen_at < ${now}))
          ), present AS MATERIALIZED (
            SELECT c.group_id, r.contact_id, r.role
            FROM unnest(${groups as never}::text[], ${contacts as never}::bigint[],
              ${roles as never}::text[]) AS r (group_jid, contact_id, role)
            JOIN concerned c USING (group_jid)
          ), before AS MATERIALIZED (
            SELECT member_id, group_id, contact_id, role, left_at FROM group_members
            WHERE group_id = ANY(ARRAY(SELECT group_id FROM concerned))
          ), gone AS (
            UPDATE group_members m SET left_at = ${now}, last_seen_at = c.seen_at
            FROM concerned c
            WHERE m.group_id = c.group_id
              AND m.group_id = ANY(ARRAY(SELECT group_id FROM concerned)) AND m.member_id = ANY(ARRAY(
              SELECT b.member_id FROM before b LEFT JOIN present p USING (group_id, contact_id)
              WHERE b.left_at IS NULL AND p.contact_id IS NULL))
            RETURNING m.*
          ), different AS MATERIALIZED (
            SELECT p.*, CASE
              WHEN b.member_id IS NULL OR b.left_at IS NOT NULL THEN 'joined'
              WHEN b.role = 'member' OR p.role = 'superadmin' THEN 'promoted'
              ELSE 'demoted' END AS change
            FROM present p LEFT JOIN before b USING (group_id, contact_id)
            WHERE b.member_id IS NULL OR b.left_at IS NOT NULL OR b.role <> p.role
          ), written AS (
            INSERT INTO group_members (organization_id, session_id, group_id, contact_id, role,
              first_seen_at)
            SELECT ${organization}, ${session}, group_id, contact_id, role, ${now}::bigint
            FROM different
            ON CONFLICT (contact_id, group_id) DO UPDATE SET role = excluded.role,
              last_seen_at = NULL, left_at = NULL
            RETURNING group_id, contact_id, member_id, role, tag
          ), loud AS (
            SELECT group_id, group_jid FROM concerned WHERE group_jid <> ALL(${quiet as never}::text[])
          ), news AS MATERIALIZED (
            SELECT l.group_jid, w.group_id, w.contact_id, w.member_id, w.role, w.tag, d.change
            FROM loud l JOIN written w USING (group_id) JOIN different d USING (group_id, contact_id)
            UNION ALL
            SELECT l.group_jid, g.group_id, g.contact_id, g.member_id, g.role, g.tag, 'left'
            FROM loud l JOIN gone g USING (group_id)
          )
          SELECT h.group_jid AS "groupJid", h.change, c.lid, c.phone_jid AS "phoneJid", h.role, h.tag
          FROM news h JOIN contacts c USING (contact_id)
          WHERE c.contact_id = ANY(ARRAY(SELECT contact_id FROM news))
          ORDER BY h.group_id, h.member_id`,
      })

      const enter = (
        organization: OrganizationId,
        session: SessionId,
        now: number,
        rows: ReadonlyArray<MemberRow>,
      ) => {
        const nth = new Map<GroupJid, number>()
        for (const { jid } of rows) if (!nth.has(jid)) nth.set(jid, nth.size + 1)
        // As PostgreSQL writes arrays: the driver would look at each number for what has to be escaped.
        const column = (of: (row: MemberRow) => number) => `{${rows.map(of).join()}}`
        // One that is missing keeps its place: the row is refused, and nobody enters another group.
        return sql`
          INSERT INTO group_members (organization_id, session_id, group_id, contact_id, role,
            first_seen_at)
          SELECT ${organization}, ${session}, e.ids[m.nth], m.contact,
            (${roles as never}::text[])[m.role], ${now}::bigint
          FROM (
            SELECT array_agg(g.group_id ORDER BY j.nth) AS ids
            FROM unnest(${[...nth.keys()] as never}::text[]) WITH ORDINALITY AS j (jid, nth)
            LEFT JOIN groups g ON g.group_jid = j.jid
              AND g.organization_id = ${organization} AND g.session_id = ${session}
          ) e, unnest(${column(({ jid }) => nth.get(jid)!)}::int[],
            ${column(({ contact }) => contact)}::bigint[],
            ${column(({ role }) => roles.indexOf(role) + 1)}::int[]) AS m (nth, contact, role)`
      }

      return {
        /** Everybody in groups that have no rows of members yet. */
        enter: (
          organization: OrganizationId,
          session: SessionId,
          now: number,
          rows: ReadonlyArray<MemberRow>,
        ) => Effect.asVoid(Effect.orDie(enter(organization, session, now, rows))),
        /** Who joined, left or changed rank; nothing of the groups that are `quiet`. Each was seen `now`. */
        write: (
          organization: OrganizationId,
          session: SessionId,
          now: number,
          jids: ReadonlyArray<GroupJid>,
          rows: ReadonlyArray<MemberRow>,
          quiet: ReadonlyArray<GroupJid>,
        ) =>
          Effect.orDie(
            asSets(
              sql,
              rows.length,
              write({
                organization,
                session,
                now,
                jids,
                quiet,
                groups: rows.map(({ jid }) => jid),
                contacts: rows.map(({ contact }) => contact),
                roles: rows.map(({ role }) => role),
              }),
            ),
          ),
      } as const
    }),
  },
) {}
