import { Effect } from "effect"
import { SystemSql } from "../../../layers/Postgres.ts"
import type { Person } from "../../emulator/people/Person.ts"

/** All that somebody who is not the account, nor one of those it knows, must not be able to change. */
export const stateOf = (session: string, attacker: Person, others: ReadonlyArray<Person>) =>
  Effect.gen(function* () {
    const sql = yield* SystemSql
    const mappings = others.flatMap(({ lid, pn }) => [pn, `${lid}_reverse`])
    const state = {
      messages: yield* sql`
        SELECT m.wa_message_id, s.phone_jid, m.from_me, encode(m.body, 'hex'), m.edited_at,
          m.deleted_at, m.reactions
        FROM messages m LEFT JOIN contacts s ON s.contact_id = m.sender_contact_id
        WHERE m.session_id = ${session} AND s.lid IS DISTINCT FROM ${attacker.lidJid}
        ORDER BY m.message_id`,
      contacts: yield* sql`
        SELECT lid, phone_jid, saved_name, push_name, business_name FROM contacts
        WHERE session_id = ${session} AND lid IS DISTINCT FROM ${attacker.lidJid} ORDER BY lid`,
      attacker: yield* sql`
        SELECT lid, phone_jid FROM contacts
        WHERE session_id = ${session} AND lid = ${attacker.lidJid}`,
      groups: yield* sql`
        SELECT group_jid, subject, left_at FROM groups WHERE session_id = ${session} ORDER BY 1`,
      keys: yield* sql`
        SELECT type, id, encode(value, 'hex') FROM session_keys
        WHERE session_id = ${session} AND (type LIKE 'app-state%'
          OR (type = 'lid-mapping' AND id IN ${sql.in(mappings)}))
        ORDER BY 1, 2`,
      // All but what the attacker did in its own name.
      events: yield* sql`
        SELECT position, event, payload FROM events
        WHERE session_id = ${session} AND NOT (
          coalesce(payload->>'senderLid', payload->>'lid', '') = ${attacker.lidJid}
          AND coalesce(payload->>'senderJid', payload->>'phoneJid', '') IN (${attacker.pnJid}, '')
          AND coalesce(payload->>'fromMe', 'false') = 'false')
        ORDER BY position`,
      status: yield* sql`SELECT status FROM sessions WHERE session_id = ${session}`,
    }
    return Object.entries(state).map(([part, rows]) => [part, JSON.stringify(rows)] as const)
  })

export type State = Effect.Effect.Success<ReturnType<typeof stateOf>>

/** Which parts differ. */
export const differences = (before: State, after: State): ReadonlyArray<string> =>
  before.flatMap(([part, text], at) => (after[at]![1] === text ? [] : [`${part} changed`]))
