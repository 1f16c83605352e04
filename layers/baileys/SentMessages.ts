import { Effect } from "effect"
import { messageText } from "../../plugins/messages/MessageText.ts"
import { personJid } from "../../src/domain/Jid.ts"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId } from "../../src/domain/Session.ts"
import { Safes } from "../../src/ports/Safes.ts"
import { SystemSql } from "../Postgres.ts"
import { proto } from "./Vendor.ts"

/** What the account itself has written, for those who could not read it and ask again. */
export class SentMessages extends Effect.Service<SentMessages>()("layers/baileys/SentMessages", {
  effect: Effect.gen(function* () {
    const sql = yield* SystemSql
    const safes = yield* Safes

    /** Nothing for whoever knows the id of a message that was written to others. */
    const find = Effect.fnUntraced(function* (
      organization: OrganizationId,
      session: SessionId,
      chat: string,
      id: string,
    ) {
      const jid = personJid(chat) ?? chat
      const [row] = yield* sql<{ raw: Uint8Array }>`
        SELECT m.raw FROM messages m LEFT JOIN contacts c ON c.contact_id = m.chat_contact_id
        WHERE m.organization_id = ${organization} AND m.session_id = ${session}
          AND m.wa_message_id = ${id} AND m.from_me AND m.deleted_at IS NULL
          AND (m.chat_jid = ${jid} OR c.lid = ${jid} OR c.phone_jid = ${jid})`
      if (row === undefined) return undefined
      const safe = yield* safes.of(organization, session)
      return proto.Message.decode(messageText(safe).openRaw(id, row.raw))
    }, Effect.orDie)

    return { find } as const
  }),
}) {}
