import { SqlClient } from "@effect/sql"
import { Effect } from "effect"
import type { OrganizationId } from "../../../src/domain/Organization.ts"
import type { SessionId } from "../../../src/domain/Session.ts"
import type { ContactMerge } from "../../../src/Plugin.ts"

/** How rows pass from one contact to another. Joins the caller's transaction. */
export class SeenMergesRepo extends Effect.Service<SeenMergesRepo>()(
  "plugins/groups/seen/SeenMergesRepo",
  {
    effect: Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const statements = (
        organization: OrganizationId,
        session: SessionId,
        merges: ReadonlyArray<ContactMerge>,
      ) => {
        const pairs = sql`
          jsonb_to_recordset(${JSON.stringify(merges)}::jsonb) AS p("from" bigint, "into" bigint)`
        const amongst = (column: string, end: keyof ContactMerge) =>
          sql`${sql.literal(column)} = ANY(${merges.map((merge) => merge[end]) as never}::bigint[])`
        const isGoing = (alias: string) => sql`
          ${sql.literal(alias)}.organization_id = ${organization}
          AND ${sql.literal(alias)}.session_id = ${session}
          AND ${amongst(`${alias}.contact_id`, "from")}`
        /** Both of a pair in one group: the row that goes, and in `"into"` the one that stays. */
        const doubles = (table: string) => sql`
          going AS MATERIALIZED (
            SELECT g.group_id, g.contact_id, p."into" FROM ${sql(table)} g
            JOIN ${pairs} ON g.contact_id = p."from" WHERE ${isGoing("g")}
          ), staying AS MATERIALIZED (
            SELECT s.group_id, s.contact_id FROM ${sql(table)} s
            WHERE ${amongst("s.contact_id", "into")}
          ), doubles AS MATERIALIZED (
            SELECT g.* FROM going g
            JOIN staying s ON s.group_id = g.group_id AND s.contact_id = g."into"
          )`
        const handOver = (table: string) => sql`
          UPDATE ${sql(table)} m SET contact_id = p."into" FROM ${pairs}
          WHERE m.contact_id = p."from" AND ${isGoing("m")}`

        return [
          // Without statistics, right after a number was linked, the planner takes a session for a
          // handful of rows and would compare each of them with each of the merges.
          sql`SET LOCAL enable_nestloop = off`,
          // Where both were in one group, the row that stays keeps what either knew.
          sql`
            WITH ${doubles("group_members")}, gone AS (
              DELETE FROM group_members m USING doubles d
              WHERE m.group_id = d.group_id AND m.contact_id = d.contact_id AND ${isGoing("m")}
              RETURNING m.*, d."into"
            )
            UPDATE group_members m SET tag = coalesce(nullif(m.tag, ''), t.tag),
              role = CASE WHEN t.left_at IS NULL AND m.left_at IS NOT NULL
                OR t.last_seen_at > m.last_seen_at THEN t.role ELSE m.role END,
              first_seen_at = least(m.first_seen_at, t.first_seen_at),
              last_seen_at = CASE WHEN m.left_at IS NULL OR t.left_at IS NULL THEN NULL
                ELSE greatest(m.last_seen_at, t.last_seen_at) END,
              left_at = CASE WHEN m.left_at IS NULL OR t.left_at IS NULL THEN NULL
                ELSE greatest(m.left_at, t.left_at) END
            FROM gone t WHERE m.group_id = t.group_id AND m.contact_id = t."into"
              AND ${amongst("m.contact_id", "into")}`,
          handOver("group_members"),
          sql`
            UPDATE groups m SET owner_id = p."into" FROM ${pairs}
            WHERE m.owner_id = p."from" AND m.organization_id = ${organization}
              AND m.session_id = ${session} AND ${amongst("m.owner_id", "from")}`,
          sql`
            WITH ${doubles("group_join_requests")}
            DELETE FROM group_join_requests m USING doubles d
            WHERE m.group_id = d.group_id AND m.contact_id = d.contact_id AND ${isGoing("m")}`,
          handOver("group_join_requests"),
          sql`
            WITH gone AS (
              DELETE FROM group_early_tags m USING ${pairs}
              WHERE m.contact_id = p."from" AND ${isGoing("m")}
              RETURNING m.group_jid, m.tag, p."into"
            )
            INSERT INTO group_early_tags (organization_id, session_id, group_jid, contact_id, tag)
            SELECT ${organization}, ${session}, group_jid, "into", tag FROM gone
            ON CONFLICT DO NOTHING`,
          sql`SET LOCAL enable_nestloop = on`,
        ]
      }

      return {
        /** Hands over all that is known of each `from`; no contact may be named twice. */
        merge: (
          organization: OrganizationId,
          session: SessionId,
          merges: ReadonlyArray<ContactMerge>,
        ) =>
          Effect.forEach(
            statements(organization, session, merges),
            (statement) => Effect.orDie(statement),
            { discard: true },
          ),
      } as const
    }),
  },
) {}
