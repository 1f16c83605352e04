import { layer } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { proto } from "../../../layers/baileys/Vendor.ts"
import { Sockets } from "../../../layers/baileys/Sockets.ts"
import { SystemSql } from "../../../layers/Postgres.ts"
import * as Database from "../../support/Database.ts"
import { eventually, linked, stage } from "../sessions/Stage.ts"

const text = "Do you read me?"
const message = proto.Message.fromObject({ conversation: text })

layer(Database.layer, { excludeTestServices: true })("A message that could not be read", (it) => {
  /** What Bob reads in the end of a message that he could not open at first. */
  const readByBob = Effect.fn(function* (storedFor: "bob" | "the family") {
    const { whatsapp, org, me, bob, family, gateway } = yield* stage()
    return yield* Effect.gen(function* () {
      const session = yield* linked(org, whatsapp, me)
      const { socket } = yield* (yield* Sockets).get(org, session)
      const id = "3EB0ABCDEF"
      const sql = yield* SystemSql
      const [contact] = yield* sql<{ id: number }>`
        INSERT INTO contacts (organization_id, session_id, lid, phone_jid, first_seen_at, updated_at)
        VALUES (${org}, ${session}, ${bob.lidJid}, ${bob.pnJid}, 1, 1) RETURNING contact_id AS id`
      yield* sql`
        INSERT INTO messages (organization_id, session_id, chat_contact_id, chat_jid, from_me, type,
          body, raw, wa_message_id, timestamp, created_at, has_media)
        VALUES (${org}, ${session}, ${storedFor === "bob" ? contact!.id : null},
          ${storedFor === "bob" ? null : family.jid}, true, 'text', ${Buffer.from(text)},
          ${Buffer.from(proto.Message.encode(message).finish())}, ${id}, 1, 1, false)`
      const send = (messageId: string) =>
        Effect.promise(() => socket.library.relayMessage(bob.pnJid, message, { messageId }))
      const told = (messageId: string) =>
        Effect.sync(() => whatsapp.inbox.filter((one) => one.id === messageId && one.to === bob))
      yield* send("3EB0000000")
      yield* eventually(told("3EB0000000"), (all) => all.length > 0)
      yield* Effect.promise(() => whatsapp.loseSession(bob, me))
      yield* send(id)
      yield* eventually(told(id), (all) => all.some(({ error }) => error !== undefined))
      const read = Effect.map(told(id), (all) => all.map((one) => one.message?.conversation))
      return yield* eventually(read, (all) => all.includes(text)).pipe(
        Effect.timeoutTo({
          duration: "3 seconds",
          onSuccess: () => text,
          onTimeout: () => "nothing",
        }),
      )
    }).pipe(Effect.provide(gateway))
  })

  it.scoped("is sent again, as it is stored", () =>
    Effect.gen(function* () {
      strictEqual(yield* readByBob("bob"), text)
    }),
  )

  it.scoped("is not given to whoever knows its id, when it was written to others", () =>
    Effect.gen(function* () {
      strictEqual(yield* readByBob("the family"), "nothing")
    }),
  )
})
