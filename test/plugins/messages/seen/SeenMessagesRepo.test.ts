import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SystemSql } from "../../../../layers/Postgres.ts"
import { book, lid, phone, Storage } from "../../../layers/contacts/Book.ts"

layer(Storage, { excludeTestServices: true })("stored messages", (it) => {
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
