import { SqlClient, SqlSchema } from "@effect/sql"
import { Effect, Schema } from "effect"
import type { GroupJid } from "../../../src/domain/Jid.ts"
import type { OrganizationId } from "../../../src/domain/Organization.ts"
import type { SessionId } from "../../../src/domain/Session.ts"
import type { ContactId } from "../../../src/ports/ContactBook.ts"
import { ChangedMember } from "./SeenMembersRepo.ts"

export interface TagRow {
  readonly jid: GroupJid
  readonly contact: ContactId
  readonly tag: string
}

const Tagged = Schema.Struct({
  organization: Schema.String,
  session: Schema.String,
  now: Schema.Int,
  rows: Schema.String,
})

/**
 * How members' tags are written. WhatsApp tells each of them once, never with the member, so those that
 * come too early are kept. Joins the caller's transaction, which has the session to itself.
 */
export class SeenTagsRepo extends Effect.Service<SeenTagsRepo>()(
  "plugins/groups/seen/SeenTagsRepo",
  {
    effect: Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const write = SqlSchema.findAll({
        Request: Tagged,
        Result: ChangedMember,
        execute: ({ now, organization, rows, session }) => sql`
          WITH told AS (
            SELECT g.group_id, r."jid" AS group_jid, r."contact" AS contact_id, r."tag"
            FROM jsonb_to_recordset(${rows}::jsonb) AS r("jid" text, "contact" bigint, "tag" text)
            LEFT JOIN groups g ON g.group_jid = r."jid"
              AND g.organization_id = ${organization} AND g.session_id = ${session}
          ), tagged AS (
            UPDATE group_members m SET tag = t."tag" FROM told t
            WHERE m.group_id = t.group_id AND m.contact_id = t.contact_id AND m.tag <> t."tag"
            RETURNING t.group_jid, m.*
          ), memberless AS (
            INSERT INTO group_members (organization_id, session_id, group_id, contact_id, role, tag,
              first_seen_at, last_seen_at, left_at)
            SELECT ${organization}, ${session}, group_id, contact_id, 'member', "tag", ${now}::bigint,
              ${now}::bigint, ${now}::bigint
            FROM told WHERE group_id IS NOT NULL AND "tag" <> '' ON CONFLICT DO NOTHING
          ), groupless AS (
            INSERT INTO group_early_tags (organization_id, session_id, group_jid, contact_id, tag)
            SELECT ${organization}, ${session}, group_jid, contact_id, "tag"
            FROM told WHERE group_id IS NULL
            ON CONFLICT (session_id, group_jid, contact_id) DO UPDATE SET tag = excluded.tag
          )
          SELECT t.group_jid AS "groupJid", 'tagged' AS change, c.lid, c.phone_jid AS "phoneJid",
            t.role, t.tag
          FROM tagged t JOIN contacts c USING (contact_id)
          WHERE t.left_at IS NULL ORDER BY t.group_id, t.member_id`,
      })

      const enter = (
        organization: OrganizationId,
        session: SessionId,
        now: number,
        jids: ReadonlyArray<GroupJid>,
      ) => sql`
        WITH told AS (
          DELETE FROM group_early_tags e USING groups g
          WHERE e.organization_id = ${organization} AND e.session_id = ${session}
            AND e.group_jid = ANY(${jids as never}::text[])
            AND g.session_id = e.session_id AND g.group_jid = e.group_jid
          RETURNING g.group_id, e.contact_id, e.tag
        )
        INSERT INTO group_members (organization_id, session_id, group_id, contact_id, role, tag,
          first_seen_at, last_seen_at, left_at)
        SELECT ${organization}, ${session}, group_id, contact_id, 'member', tag, ${now}::bigint,
          ${now}::bigint, ${now}::bigint
        FROM told WHERE tag <> '' ON CONFLICT DO NOTHING`

      return {
        /**
         * The members that carry another tag. Whoever is not known to be in the group yet keeps theirs
         * as one who has left; where the group is not known either, it waits for `enter`.
         */
        write: (
          organization: OrganizationId,
          session: SessionId,
          now: number,
          rows: ReadonlyArray<TagRow>,
        ) => Effect.orDie(write({ organization, session, now, rows: JSON.stringify(rows) })),
        /** Hands the tags that waited for these groups, new by now, to those who will be their members. */
        enter: (
          organization: OrganizationId,
          session: SessionId,
          now: number,
          jids: ReadonlyArray<GroupJid>,
        ) => Effect.asVoid(Effect.orDie(enter(organization, session, now, jids))),
      } as const
    }),
  },
) {}
