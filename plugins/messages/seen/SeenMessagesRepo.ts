import { SqlClient } from "@effect/sql"
import { Clock, Effect } from "effect"
import type { OrganizationId } from "../../../src/domain/Organization.ts"
import type { SessionId } from "../../../src/domain/Session.ts"
import type { MessageName, MessageType } from "../../../src/domain/Sighting.ts"
import type { ContactMerge } from "../../../src/Plugin.ts"
import type { ContactId } from "../../../src/ports/ContactBook.ts"
import type { MessagePointer } from "../Events.ts"

/** Where one message is to be found, with everybody as a contact. */
export interface MessageKey extends Pick<MessageName, "fromMe" | "id" | "timestamp"> {
  readonly chatContact: ContactId | null
  readonly chatJid: string | null
  readonly sender: ContactId | null
}

/** A message with what it says sealed. */
export interface SealedMessage extends MessageKey {
  readonly type: MessageType
  readonly body: Uint8Array
  readonly raw: Uint8Array
  readonly quotedId: string | undefined
  readonly hasMedia: boolean
}

export interface StoredReaction {
  readonly contact: ContactId
  readonly at: number
  /** Sealed, in base64. */
  readonly text: string
}

/** Messages, as they are written when WhatsApp tells of them. Joins the caller's transaction. */
export class SeenMessagesRepo extends Effect.Service<SeenMessagesRepo>()(
  "plugins/messages/seen/SeenMessagesRepo",
  {
    effect: Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      /** Those that were not stored yet, in the order given. */
      const write = Effect.fnUntraced(function* (
        organization: OrganizationId,
        session: SessionId,
        messages: ReadonlyArray<SealedMessage>,
      ) {
        const now = yield* Clock.currentTimeMillis
        const rows = JSON.stringify(messages.map(asRow))
        const written = yield* sql<{ id: number }>`
          INSERT INTO messages (organization_id, session_id, chat_contact_id, chat_jid,
            sender_contact_id, from_me, type, body, raw, wa_message_id, timestamp, created_at,
            quoted_id, has_media)
          SELECT ${organization}, ${session}, r."chatContact", r."chatJid", r.sender, r."fromMe",
            r.type, decode(r.body, 'base64'), decode(r.raw, 'base64'), r.id, r.timestamp,
            ${now}::bigint, r."quotedId", r."hasMedia"
          FROM ROWS FROM (jsonb_to_recordset(${rows}::jsonb) AS (
            "chatContact" bigint, "chatJid" text, sender bigint, "fromMe" boolean, type text,
            body text, raw text, id text, timestamp bigint, "quotedId" text, "hasMedia" boolean
          )) WITH ORDINALITY r ("chatContact", "chatJid", sender, "fromMe", type, body, raw, id,
            timestamp, "quotedId", "hasMedia", nth)
          ORDER BY nth
          ON CONFLICT DO NOTHING
          RETURNING message_id AS "id"`
        return written.map(({ id }) => id)
      }, Effect.orDie)

      const isMessage = (
        organization: OrganizationId,
        session: SessionId,
        { chatContact, chatJid, id }: MessageKey,
      ) =>
        sql.and([
          sql`organization_id = ${organization}`,
          sql`session_id = ${session}`,
          sql`wa_message_id = ${id}`,
          sql`chat_contact_id IS NOT DISTINCT FROM ${chatContact}`,
          sql`chat_jid IS NOT DISTINCT FROM ${chatJid}`,
        ])

      const isSenders = (organization: OrganizationId, session: SessionId, key: MessageKey) =>
        sql.and([
          isMessage(organization, session, key),
          sql`sender_contact_id IS NOT DISTINCT FROM ${key.sender}`,
          sql`from_me = ${key.fromMe}`,
        ])

      /** Nobody changes what somebody else has written. */
      const edit = Effect.fnUntraced(function* (
        organization: OrganizationId,
        session: SessionId,
        key: MessageKey,
        body: Uint8Array,
        raw: Uint8Array,
      ) {
        return yield* sql<{ id: number }>`
          UPDATE messages SET body = ${body}, raw = ${raw}, edited_at = ${key.timestamp}
          WHERE ${isSenders(organization, session, key)} AND deleted_at IS NULL
            AND coalesce(edited_at, 0) < ${key.timestamp}
          RETURNING message_id AS "id"`
      }, Effect.orDie)

      const revoke = Effect.fnUntraced(function* (
        organization: OrganizationId,
        session: SessionId,
        key: MessageKey,
        nothing: { readonly body: Uint8Array; readonly raw: Uint8Array },
      ) {
        return yield* sql<{ id: number }>`
          UPDATE messages
          SET deleted_at = ${key.timestamp}, body = ${nothing.body}, raw = ${nothing.raw}
          WHERE ${isSenders(organization, session, key)} AND deleted_at IS NULL
          RETURNING message_id AS "id"`
      }, Effect.orDie)

      /** Every message of the chat that has the id: whoever reacts does not always say whose. */
      const reactions = Effect.fnUntraced(function* (
        organization: OrganizationId,
        session: SessionId,
        key: MessageKey,
      ) {
        return yield* sql<{ id: number; reactions: ReadonlyArray<StoredReaction> }>`
          SELECT message_id AS "id", reactions FROM messages
          WHERE ${isMessage(organization, session, key)} AND deleted_at IS NULL`
      }, Effect.orDie)

      const react = Effect.fnUntraced(function* (
        organization: OrganizationId,
        id: number,
        reactions: ReadonlyArray<StoredReaction>,
      ) {
        yield* sql`UPDATE messages SET reactions = ${JSON.stringify(reactions)}::jsonb
          WHERE organization_id = ${organization} AND message_id = ${id}`
      }, Effect.orDie)

      const point = Effect.fnUntraced(function* (
        organization: OrganizationId,
        ids: ReadonlyArray<number>,
      ) {
        return yield* sql<MessagePointer>`
          SELECT m.message_id AS "id", coalesce(m.chat_jid, c.phone_jid, c.lid) AS "chatJid",
            coalesce(s.phone_jid, '') AS "senderJid", coalesce(s.lid, '') AS "senderLid",
            m.from_me AS "fromMe", CASE WHEN m.from_me THEN 'out' ELSE 'in' END AS "direction",
            m.type, m.wa_message_id AS "waMessageId", m.timestamp, m.has_media AS "hasMedia",
            m.quoted_id AS "quotedId"
          FROM messages m
          LEFT JOIN contacts c ON c.contact_id = m.chat_contact_id
          LEFT JOIN contacts s ON s.contact_id = m.sender_contact_id
          WHERE m.organization_id = ${organization} AND m.message_id IN ${sql.in(ids)}
          ORDER BY m.message_id`
      }, Effect.orDie)

      /** Those of them of whom a message tells: few merges concern any. */
      const writersAmong = (
        organization: OrganizationId,
        session: SessionId,
        contacts: ReadonlyArray<ContactId>,
      ) =>
        sql<{ id: ContactId }>`
          SELECT DISTINCT w.id FROM messages m
          CROSS JOIN LATERAL (VALUES (m.chat_contact_id), (m.sender_contact_id)) AS w (id)
          WHERE m.organization_id = ${organization} AND m.session_id = ${session}
            AND w.id = ANY(${contacts as never}::bigint[])
            AND (m.chat_contact_id = ANY(${contacts as never}::bigint[])
              OR m.sender_contact_id = ANY(${contacts as never}::bigint[]))`.pipe(
          Effect.map((rows) => new Set(rows.map(({ id }) => id))),
          Effect.orDie,
        )

      /** What is there under both contacts was one message all along. */
      const merge = Effect.fnUntraced(function* (
        organization: OrganizationId,
        session: SessionId,
        { from, into }: ContactMerge,
      ) {
        const merged = (column: string) =>
          sql.literal(`CASE WHEN m.${column} = ${from} THEN ${into} ELSE m.${column} END`)
        const [chat, sender] = [merged("chat_contact_id"), merged("sender_contact_id")]
        const isTheirs = sql`m.organization_id = ${organization} AND m.session_id = ${session}
          AND (m.chat_contact_id = ${from} OR m.sender_contact_id = ${from})`
        yield* sql`
          DELETE FROM messages m USING messages k
          WHERE ${isTheirs} AND k.organization_id = m.organization_id
            AND k.session_id = m.session_id AND k.message_id <> m.message_id
            AND k.wa_message_id = m.wa_message_id
            AND k.chat_jid IS NOT DISTINCT FROM m.chat_jid
            AND k.chat_contact_id IS NOT DISTINCT FROM ${chat}
            AND k.sender_contact_id IS NOT DISTINCT FROM ${sender}`
        yield* sql`
          UPDATE messages m SET chat_contact_id = ${chat}, sender_contact_id = ${sender}
          WHERE ${isTheirs}`
      }, Effect.orDie)

      return { write, edit, revoke, reactions, react, point, writersAmong, merge } as const
    }),
  },
) {}

const asRow = ({ body, quotedId, raw, ...message }: SealedMessage) => ({
  ...message,
  body: Buffer.from(body).toString("base64"),
  raw: Buffer.from(raw).toString("base64"),
  quotedId: quotedId ?? null,
})
