import { SqlClient } from "@effect/sql"
import { expect, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SystemSql } from "../../../../layers/Postgres.ts"
import { SeenMessagesRepo } from "../../../../plugins/messages/seen/SeenMessagesRepo.ts"
import { book, lid, phone, Storage } from "../../../layers/contacts/Book.ts"

/** Where no row-level security stands behind the predicates. */
const Unwalled = SeenMessagesRepo.Default.pipe(
  Layer.provide(Layer.effect(SqlClient.SqlClient, SystemSql)),
)

layer(Storage, { excludeTestServices: true })("stored messages", (it) => {
  it.effect("are there for nobody but the organization whose they are", () =>
    Effect.gen(function* () {
      const repo = yield* SeenMessagesRepo
      const sql = yield* SystemSql
      const stranger = (yield* book).organization
      const { contacts, organization, see, session } = yield* book
      yield* see({ _tag: "ContactSeen", person: { lid: lid(1) }, pushName: "Ada" })
      yield* see({ _tag: "ContactSeen", person: { lid: lid(2) }, pushName: "Bob" })
      const [ada, bob] = (yield* contacts).map((one) => one.id)
      const key = {
        chatContact: ada!,
        chatJid: null,
        sender: ada!,
        fromMe: false,
        id: "A",
        timestamp: 1,
      }
      const sealed = { body: Buffer.from("body"), raw: Buffer.from("raw") }
      const rest = { type: "text", quotedId: undefined, hasMedia: false } as const
      const [id] = yield* repo.write(organization, session, [{ ...key, ...sealed, ...rest }])
      const row = sql`SELECT * FROM messages WHERE message_id = ${id!}`
      const before = yield* row

      const later = { ...key, timestamp: 2 }
      const other = { body: Buffer.from("other"), raw: Buffer.from("other") }
      expect(yield* repo.edit(stranger, session, later, other.body, other.raw)).toEqual([])
      expect(yield* repo.revoke(stranger, session, later, other)).toEqual([])
      expect(yield* repo.reactions(stranger, session, key)).toEqual([])
      yield* repo.react(stranger, id!, [{ contact: bob!, at: 2, text: "" }])
      expect(yield* repo.point(stranger, [id!])).toEqual([])
      expect(yield* repo.writersAmong(stranger, session, [ada!])).toEqual(new Set())
      yield* repo.merge(stranger, session, { from: ada!, into: bob! })
      expect(yield* row).toEqual(before)

      expect(yield* repo.reactions(organization, session, key)).toHaveLength(1)
      expect(yield* repo.point(organization, [id!])).toHaveLength(1)
      expect(yield* repo.writersAmong(organization, session, [ada!])).toEqual(new Set([ada!]))
    }).pipe(Effect.provide(Unwalled)),
  )

  it.effect("belong to the one contact that two turned out to be", () =>
    Effect.gen(function* () {
      const sql = yield* SystemSql
      const { contacts, organization, see, session } = yield* book
      yield* see({ _tag: "ContactSeen", person: { phoneJid: phone(1) }, savedName: "Ada" })
      yield* see({ _tag: "ContactSeen", person: { lid: lid(1) }, pushName: "Ada L." })
      yield* see({ _tag: "ContactSeen", person: { lid: lid(2) }, pushName: "Bob" })
      const messageOf = (id: string, chat: number, sender: number) => sql`
        INSERT INTO messages (organization_id, session_id, chat_contact_id, sender_contact_id,
          from_me, type, body, raw, wa_message_id, timestamp, created_at, has_media)
        VALUES (${organization}, ${session}, ${chat}, ${sender}, false, 'text', '', '', ${id}, 1, 1,
          false)`
      const known = yield* contacts
      const idOf = (address: string) =>
        known.find((one) => [one.lid, one.phoneJid].includes(address))!.id
      const [byLid, byPhone, bob] = [idOf(lid(1)), idOf(phone(1)), idOf(lid(2))]
      yield* messageOf("A", byLid, byLid)
      yield* messageOf("B", byPhone, byPhone)
      yield* messageOf("C", bob, byLid)
      // The same message under either address.
      yield* messageOf("B", byLid, byLid)

      yield* see({ _tag: "ContactSeen", person: { lid: lid(1), phoneJid: phone(1) } })
      const [ada] = yield* contacts
      const stored = yield* sql<{ id: string; chat: number; sender: number }>`
        SELECT wa_message_id AS id, chat_contact_id AS chat, sender_contact_id AS sender
        FROM messages WHERE session_id = ${session} ORDER BY 1`
      expect(stored).toEqual([
        { id: "A", chat: ada!.id, sender: ada!.id },
        { id: "B", chat: ada!.id, sender: ada!.id },
        { id: "C", chat: bob, sender: ada!.id },
      ])
    }),
  )
})
