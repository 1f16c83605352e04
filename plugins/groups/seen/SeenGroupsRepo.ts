import { SqlClient, SqlSchema } from "@effect/sql"
import { Effect, Schema } from "effect"
import { GroupJid } from "../../../src/domain/Jid.ts"
import type { OrganizationId } from "../../../src/domain/Organization.ts"
import type { SessionId } from "../../../src/domain/Session.ts"
import type { Sighting } from "../../../src/domain/Sighting.ts"
import type { ContactId } from "../../../src/ports/ContactBook.ts"
import { groupColumns } from "../Columns.ts"
import { ChangedField } from "../Events.ts"
import { Group } from "../Group.ts"

type GroupSeen = Extract<Sighting, { readonly _tag: "GroupSeen" }>

/** A group as it was seen, its people known by their contacts. */
export interface GroupRow extends Omit<GroupSeen, "_tag" | "owner" | "members" | "settings"> {
  readonly owner: ContactId | undefined
  readonly participants: number
  readonly joinApproval: boolean | undefined
  readonly memberAddMode: string | undefined
  readonly disappearingSeconds: number | undefined
}

/** A row that was written, and what is different in it. */
export const WrittenGroup = Schema.Struct({
  ...Group.fields,
  isMember: Schema.Boolean,
  isNew: Schema.Boolean,
  changed: Schema.Array(ChangedField),
  /** Tags of its members were told before it was. */
  hasEarlyTags: Schema.Boolean,
})
export type WrittenGroup = typeof WrittenGroup.Type

const Of = Schema.Struct({ organization: Schema.String, session: Schema.String, now: Schema.Int })
const Seen = Schema.Struct({ ...Of.fields, rows: Schema.String })
const Gone = Schema.Struct({ ...Of.fields, jids: Schema.Array(GroupJid) })

/** How groups are written. Joins the caller's transaction, which has the session to itself. */
export class SeenGroupsRepo extends Effect.Service<SeenGroupsRepo>()(
  "plugins/groups/seen/SeenGroupsRepo",
  {
    effect: Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const columns = sql.literal(groupColumns)
      // By their keys: joined, every contact of the organization is read for a handful of owners.
      const ownerOf = sql.literal(`LEFT JOIN LATERAL (
        SELECT lid, phone_jid FROM contacts WHERE contact_id = g.owner_id LIMIT 1) o ON true`)

      const write = SqlSchema.findAll({
        Request: Seen,
        Result: WrittenGroup,
        execute: ({ now, organization, rows, session }) => sql`
          WITH seen AS (
            SELECT * FROM jsonb_to_recordset(${rows}::jsonb) AS r("jid" text, "subject" text,
              "description" text, "owner" bigint, "createdAtWa" bigint, "isAnnounce" boolean,
              "isLocked" boolean, "joinApproval" boolean, "memberAddMode" text,
              "disappearingSeconds" integer, "participants" integer)
          ), before AS (
            SELECT g.* FROM groups g JOIN seen s ON g.group_jid = s."jid"
            WHERE g.organization_id = ${organization} AND g.session_id = ${session}
          ), written AS (
            INSERT INTO groups AS g (organization_id, session_id, group_jid, subject, description,
              owner_id, created_at_wa, is_announce, is_locked, join_approval, member_add_mode,
              disappearing_seconds, participant_count, first_seen_at, seen_at, updated_at)
            SELECT ${organization}, ${session}, s."jid", s."subject", s."description",
              coalesce(s."owner", b.owner_id), coalesce(s."createdAtWa", b.created_at_wa),
              s."isAnnounce", s."isLocked", coalesce(s."joinApproval", b.join_approval, false),
              coalesce(s."memberAddMode", b.member_add_mode, 'admins'),
              coalesce(s."disappearingSeconds", b.disappearing_seconds, 0), s."participants",
              ${now}::bigint, ${now}::bigint, ${now}::bigint
            FROM seen s LEFT JOIN before b ON b.group_jid = s."jid"
            ON CONFLICT (session_id, group_jid) DO UPDATE SET subject = excluded.subject,
              description = excluded.description, owner_id = excluded.owner_id,
              created_at_wa = excluded.created_at_wa, is_announce = excluded.is_announce,
              is_locked = excluded.is_locked, join_approval = excluded.join_approval,
              member_add_mode = excluded.member_add_mode,
              disappearing_seconds = excluded.disappearing_seconds,
              participant_count = excluded.participant_count, updated_at = excluded.updated_at,
              left_at = NULL
            WHERE (g.subject, g.description, g.owner_id, g.created_at_wa, g.is_announce,
                g.is_locked, g.join_approval, g.member_add_mode, g.disappearing_seconds,
                g.participant_count, g.left_at)
              IS DISTINCT FROM (excluded.subject, excluded.description, excluded.owner_id,
                excluded.created_at_wa, excluded.is_announce, excluded.is_locked,
                excluded.join_approval, excluded.member_add_mode, excluded.disappearing_seconds,
                excluded.participant_count, NULL::bigint)
            RETURNING g.*
          )
          SELECT ${columns}, true AS "isMember", b.group_id IS NULL AS "isNew",
            EXISTS (SELECT FROM group_early_tags e WHERE e.session_id = g.session_id
              AND e.group_jid = g.group_jid) AS "hasEarlyTags", array_remove(ARRAY[
            CASE WHEN g.subject <> b.subject THEN 'subject' END,
            CASE WHEN g.description <> b.description THEN 'description' END,
            CASE WHEN g.is_announce <> b.is_announce THEN 'isAnnounce' END,
            CASE WHEN g.is_locked <> b.is_locked THEN 'isLocked' END,
            CASE WHEN g.join_approval <> b.join_approval THEN 'joinApproval' END,
            CASE WHEN g.member_add_mode <> b.member_add_mode THEN 'memberAddMode' END,
            CASE WHEN g.disappearing_seconds <> b.disappearing_seconds
              THEN 'disappearingSeconds' END,
            CASE WHEN b.left_at IS NOT NULL THEN 'isMember' END], NULL) AS "changed"
          FROM written g LEFT JOIN before b USING (group_id)
          ${ownerOf}
          ORDER BY g.group_id`,
      })

      /** Groups that end are no longer listed; what is stored of them stays. */
      const end = (isConcerned: "listed" | "unlisted") =>
        SqlSchema.findAll({
          Request: Gone,
          Result: WrittenGroup,
          execute: ({ jids, now, organization, session }) => sql`
            WITH gone AS (
              UPDATE groups SET left_at = ${now}, updated_at = ${now}
              WHERE organization_id = ${organization} AND session_id = ${session}
                AND left_at IS NULL
                AND (group_jid = ANY(${jids as never}::text[])) = ${isConcerned === "listed"}
              RETURNING *
            )
            SELECT ${columns}, false AS "isMember", false AS "isNew", false AS "hasEarlyTags",
              ARRAY['isMember'] AS "changed"
            FROM gone g ${ownerOf} ORDER BY g.group_id`,
        })
      const left = end("listed")
      const unlisted = end("unlisted")

      const wasListed = (organization: OrganizationId, session: SessionId) => sql`
        SELECT FROM group_listings
        WHERE organization_id = ${organization} AND session_id = ${session}`

      const list = (organization: OrganizationId, session: SessionId, now: number) => sql`
        INSERT INTO group_listings (organization_id, session_id, listed_at)
        VALUES (${organization}, ${session}, ${now}) ON CONFLICT DO NOTHING`

      return {
        /** The rows that are new or different. */
        write: (
          organization: OrganizationId,
          session: SessionId,
          now: number,
          rows: ReadonlyArray<GroupRow>,
        ) => Effect.orDie(write({ organization, session, now, rows: JSON.stringify(rows) })),
        left: (
          organization: OrganizationId,
          session: SessionId,
          now: number,
          jids: ReadonlyArray<GroupJid>,
        ) => Effect.orDie(left({ organization, session, now, jids })),
        /** Ends every group but these. */
        leftExcept: (
          organization: OrganizationId,
          session: SessionId,
          now: number,
          jids: ReadonlyArray<GroupJid>,
        ) => Effect.orDie(unlisted({ organization, session, now, jids })),
        /** Whether all groups of the session were known before. */
        wasListed: (organization: OrganizationId, session: SessionId) =>
          Effect.orDie(Effect.map(wasListed(organization, session), (rows) => rows.length > 0)),
        list: (organization: OrganizationId, session: SessionId, now: number) =>
          Effect.orDie(list(organization, session, now)),
      } as const
    }),
  },
) {}
