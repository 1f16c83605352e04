import { SqlClient, SqlSchema } from "@effect/sql"
import { Clock, Effect, Schema } from "effect"
import { Contact, contactColumns } from "../../src/domain/Contact.ts"
import { OrganizationId } from "../../src/domain/Organization.ts"
import { SessionId } from "../../src/domain/Session.ts"
import type { PersonSeen } from "../../src/domain/Sighting.ts"
import type { ContactMerge } from "../../src/Plugin.ts"
import type { ContactId } from "../../src/ports/ContactBook.ts"
import { asSets } from "../../src/storage/Batch.ts"
import type { Identity, KnownIdentity } from "./Identities.ts"

export interface Names {
  readonly savedName?: string
  readonly pushName?: string
  readonly businessName?: string
}

const Of = { organization: OrganizationId, session: SessionId }

const nameColumns = [
  ["saved_name", "savedName"],
  ["push_name", "pushName"],
  ["business_name", "businessName"],
] as const

const newerOf = (column: string) => `
  ${column} = CASE WHEN o.${column}_at > c.${column}_at THEN o.${column}
    ELSE coalesce(c.${column}, o.${column}) END,
  ${column}_at = greatest(c.${column}_at, o.${column}_at)`

/** The contacts of a session as rows; every change answers whom it changed. */
export const contactRows = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const isOf = (table: string, organization: OrganizationId, session: SessionId) =>
    sql`${sql(table)}.organization_id = ${organization} AND ${sql(table)}.session_id = ${session}`
  const amongst = (column: string, ids: ReadonlyArray<ContactId>) =>
    sql`${sql.literal(column)} = ANY(${ids as never}::bigint[])`
  const isNews = (column: string, field: string) =>
    sql.literal(`(n."${field}" IS NOT NULL AND n."${field}" IS DISTINCT FROM c.${column})`)
  type Ids = ReadonlyArray<{ readonly id: ContactId }>
  const changed = Effect.map((rows: Ids) => rows.map(({ id }) => id))

  // Every member of every group passes here: read as they were written, without a look at each.
  const known = (
    organization: OrganizationId,
    session: SessionId,
    people: ReadonlyArray<PersonSeen>,
  ) => {
    const [lids, phones] = [new Set<string>(), new Set<string>()]
    for (const { lid, phoneJid } of new Set(people)) {
      if (lid !== undefined) lids.add(lid)
      if (phoneJid !== undefined) phones.add(phoneJid)
    }
    return sql<KnownIdentity>`
      SELECT contact_id AS "id", lid, phone_jid AS "phoneJid" FROM contacts
      WHERE organization_id = ${organization} AND session_id = ${session}
        AND (lid = ANY(${[...lids] as never}::text[]) OR phone_jid = ANY(${[...phones] as never}::text[]))
      ORDER BY contact_id`
  }

  const described = SqlSchema.findAll({
    Request: Schema.Struct({ ...Of, ids: Schema.Array(Schema.Int) }),
    Result: Contact,
    execute: ({ ids, organization, session }) => sql`
      SELECT ${sql.literal(contactColumns)} FROM contacts c
      WHERE c.organization_id = ${organization} AND c.session_id = ${session}
        AND c.contact_id = ANY(${ids as never}::bigint[])
      ORDER BY c.contact_id`,
  })

  /** Each name goes over where the one that stays has none, or an older one. */
  const join = Effect.fnUntraced(function* (
    organization: OrganizationId,
    session: SessionId,
    merges: ReadonlyArray<ContactMerge>,
  ) {
    const now = yield* Clock.currentTimeMillis
    yield* sql`
      WITH gone AS MATERIALIZED (
        SELECT m."into", o.*
        FROM jsonb_to_recordset(${JSON.stringify(merges)}::jsonb) AS m("from" bigint, "into" bigint)
        JOIN contacts o ON o.contact_id = m."from"
        WHERE ${isOf("o", organization, session)} AND ${amongst(
          "o.contact_id",
          merges.map(({ from }) => from),
        )}
      )
      UPDATE contacts c SET updated_at = ${now},
        ${sql.csv(nameColumns.map(([column]) => sql.literal(newerOf(column))))},
        first_seen_at = least(c.first_seen_at, o.first_seen_at)
      FROM gone o
      WHERE c.contact_id = o."into" AND ${isOf("c", organization, session)}
        AND ${amongst(
          "c.contact_id",
          merges.map(({ into }) => into),
        )}`
    yield* sql`
      DELETE FROM contacts c WHERE ${isOf("c", organization, session)}
        AND ${amongst(
          "c.contact_id",
          merges.map(({ from }) => from),
        )}`
  })

  const readdress = (
    organization: OrganizationId,
    session: SessionId,
    contacts: ReadonlyArray<KnownIdentity>,
    now: number,
  ) =>
    changed(sql<{ id: ContactId }>`
      UPDATE contacts c SET lid = r."lid", phone_jid = r."phoneJid", updated_at = ${now}
      FROM jsonb_to_recordset(${JSON.stringify(contacts)}::jsonb) AS r("id" bigint, "lid" text,
        "phoneJid" text)
      WHERE c.contact_id = r."id" AND ${isOf("c", organization, session)}
        AND ${amongst(
          "c.contact_id",
          contacts.map(({ id }) => id),
        )}
      RETURNING c.contact_id AS "id"`)

  const enter = (
    organization: OrganizationId,
    session: SessionId,
    strangers: ReadonlyArray<Identity>,
    now: number,
  ) =>
    sql<KnownIdentity>`
      INSERT INTO contacts (organization_id, session_id, lid, phone_jid, first_seen_at, updated_at)
      SELECT ${organization}, ${session}, r."lid", r."phoneJid", ${now}::bigint, ${now}::bigint
      FROM jsonb_to_recordset(${JSON.stringify(strangers)}::jsonb) AS r("lid" text,
        "phoneJid" text)
      RETURNING contact_id AS "id", lid, phone_jid AS "phoneJid"`

  const rename = (
    organization: OrganizationId,
    session: SessionId,
    names: ReadonlyMap<ContactId, Names>,
    now: number,
  ) =>
    changed(sql<{ id: ContactId }>`
      UPDATE contacts c SET updated_at = ${now},
        ${sql.csv(
          nameColumns.flatMap(([column, field]) => [
            sql.literal(`${column} = coalesce(n."${field}", c.${column})`),
            sql`${sql(`${column}_at`)} = CASE WHEN ${isNews(column, field)} THEN ${now}
              ELSE ${sql(`c.${column}_at`)} END`,
          ]),
        )}
      FROM jsonb_to_recordset(${JSON.stringify([...names].map(([id, name]) => ({ id, ...name })))}::jsonb)
        AS n("id" bigint, "savedName" text, "pushName" text, "businessName" text)
      WHERE c.contact_id = n."id" AND ${isOf("c", organization, session)}
        AND ${amongst("c.contact_id", [...names.keys()])}
        AND ${sql.or(nameColumns.map(([column, field]) => isNews(column, field)))}
      RETURNING c.contact_id AS "id"`)

  return {
    /** Whoever has one of their addresses, oldest first. */
    find: known,
    describe: (organization: OrganizationId, session: SessionId, ids: ReadonlyArray<ContactId>) =>
      described({ organization, session, ids }),
    join: (...args: Parameters<typeof join>) => asSets(sql, args[2].length, join(...args)),
    readdress: (...args: Parameters<typeof readdress>) =>
      asSets(sql, args[2].length, readdress(...args)),
    enter,
    rename: (...args: Parameters<typeof rename>) => asSets(sql, args[2].size, rename(...args)),
  } as const
})
