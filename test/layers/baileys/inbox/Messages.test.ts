import { layer } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Effect, Layer } from "effect"
import { ContactBook } from "../../../../layers/contacts/ContactBook.ts"
import { ContactKeeper } from "../../../../layers/contacts/ContactKeeper.ts"
import { EventLog } from "../../../../layers/EventLog.ts"
import { SystemSql } from "../../../../layers/Postgres.ts"
import { Sightings } from "../../../../layers/Sightings.ts"
import { plugins } from "../../../../plugins/index.ts"
import type { SessionId } from "../../../../src/domain/Session.ts"
import { Events } from "../../../../src/ports/Events.ts"
import * as Database from "../../../support/Database.ts"
import { eventually, linked, online, stage } from "../../sessions/Stage.ts"

const Real = Sightings(plugins).pipe(
  Layer.provide([ContactBook, ContactKeeper.layer]),
  Layer.provide(EventLog),
)

interface StoredMessage {
  readonly chat: string
  readonly sender: string
  readonly fromMe: boolean
  readonly type: string
  readonly body: string
  readonly id: string
  readonly isEdited: boolean
  readonly isDeleted: boolean
  readonly reactions: number
}

/** Bodies can be read here: nothing is sealed on this stage. */
const messages = Effect.fn(function* (session: SessionId) {
  const sql = yield* SystemSql
  return yield* sql<StoredMessage>`
    SELECT coalesce(m.chat_jid, c.phone_jid, c.lid) AS chat, s.phone_jid AS sender,
      m.from_me AS "fromMe", m.type, convert_from(m.body, 'UTF8') AS body,
      m.wa_message_id AS id, m.edited_at IS NOT NULL AS "isEdited",
      m.deleted_at IS NOT NULL AS "isDeleted", jsonb_array_length(m.reactions) AS reactions
    FROM messages m
    LEFT JOIN contacts c ON c.contact_id = m.chat_contact_id
    LEFT JOIN contacts s ON s.contact_id = m.sender_contact_id
    WHERE m.session_id = ${session} ORDER BY m.message_id`
})

const bodies = (session: SessionId) =>
  Effect.map(messages(session), (all) => all.map(({ body }) => body))

layer(Layer.merge(EventLog, Layer.empty).pipe(Layer.provideMerge(Database.layer)), {
  excludeTestServices: true,
})("What people write", (it) => {
  it.scoped("is stored, with who wrote it and where, in the order it came", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, bob, family, gateway } = yield* stage({ sightings: Real })
      yield* Effect.gen(function* () {
        const id = yield* linked(org, whatsapp, me)
        yield* Effect.promise(() => whatsapp.sendText(bob, me, "one"))
        yield* Effect.promise(() => whatsapp.sendText(bob, family, "two"))
        yield* Effect.promise(() => whatsapp.sendText(me, bob, "three"))
        const all = yield* eventually(messages(id), (found) => found.length === 3)
        deepStrictEqual(
          all.map(({ chat, sender, fromMe, body }) => [chat, sender, fromMe, body]),
          [
            [bob.pnJid, bob.pnJid, false, "one"],
            [family.jid, bob.pnJid, false, "two"],
            [bob.pnJid, me.pnJid, true, "three"],
          ],
        )
        const told = yield* (yield* Events).read(org, 0, 1000)
        strictEqual(told.filter(({ event }) => event === "message").length, 3)
        assertTrue(!JSON.stringify(told).includes("three"))
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("is edited, taken back and reacted to", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, bob, gateway } = yield* stage({ sightings: Real })
      yield* Effect.gen(function* () {
        const id = yield* linked(org, whatsapp, me)
        const send = (message: Parameters<typeof whatsapp.send>[2]) =>
          Effect.promise(() => whatsapp.send(bob, me, message))
        const first = yield* send({ conversation: "frist" })
        const second = yield* send({ conversation: "wrong" })
        const third = yield* send({ conversation: "nice" })
        const key = (id: string) => ({ id, remoteJid: me.pnJid, fromMe: true })
        yield* send({
          protocolMessage: {
            type: 14,
            key: key(first),
            editedMessage: { conversation: "first" },
            timestampMs: Date.now(),
          },
        })
        yield* send({ protocolMessage: { type: 0, key: key(second) } })
        yield* send({ reactionMessage: { key: key(third), text: "👍" } })
        const all = yield* eventually(messages(id), (found) => found[2]?.reactions === 1)
        deepStrictEqual(
          all.map(({ body, isEdited, isDeleted }) => [body, isEdited, isDeleted]),
          [
            ["first", true, false],
            ["", false, true],
            ["nice", false, false],
          ],
        )
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("reaches the account while it was offline, once", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, bob, family, gateway } = yield* stage({ sightings: Real })
      const id = yield* Effect.provide(linked(org, whatsapp, me), gateway)
      yield* online(whatsapp, me, false)
      const sent = Array.from({ length: 20 }, (_, n) => `while away ${n}`)
      for (const [n, text] of sent.entries())
        yield* Effect.promise(() => whatsapp.sendText(bob, n % 2 === 0 ? me : family, text))
      yield* eventually(bodies(id), (found) => found.length === sent.length).pipe(
        Effect.provide(gateway),
      )
      deepStrictEqual(yield* bodies(id), sent)
    }),
  )
})
