import { Effect } from "effect"
import { SystemSql } from "../../../layers/Postgres.ts"
import type { Emulator } from "../../emulator/Emulator.ts"
import type { Companion } from "../../emulator/people/Companion.ts"
import { eventually } from "../../support/Gateway.ts"
import type { Linked } from "./Fleet.ts"

/** A message to the account, written by somebody on their phone. */
export const write = async (whatsapp: Emulator, { person }: Linked, when: string) => {
  const friend = (friends.get(whatsapp) ??
    friends.set(whatsapp, whatsapp.addPerson()).get(whatsapp))!
  return whatsapp.sendText(friend, person, when)
}

const friends = new WeakMap<Emulator, ReturnType<Emulator["addPerson"]>>()

/** What the device has told WhatsApp that it has. */
export const receipts = ({ mailbox }: Companion) => mailbox.settled.map(({ id }) => id)

/** Which of the messages are not stored, and never come to be. */
export const lost = (one: Linked, written: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    if (written.length === 0) return []
    const sql = yield* SystemSql
    const missing = Effect.map(
      sql<{ id: string }>`
        SELECT wa_message_id AS id FROM messages
        WHERE session_id = ${one.id} AND wa_message_id IN ${sql.in(written)}`,
      (rows) => written.filter((id) => !rows.some((row) => row.id === id)),
    )
    return yield* eventually(missing, (ids) => ids.length === 0).pipe(
      Effect.catchAllDefect(() => missing),
    )
  })
