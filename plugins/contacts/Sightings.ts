import { SqlClient } from "@effect/sql"
import { Clock, Effect } from "effect"
import type { Sighting } from "../../src/domain/Sighting.ts"
import type { SightingStore } from "../../src/Plugin.ts"
import { ContactBook } from "../../src/ports/ContactBook.ts"

/** Keeps with whom the account has a direct chat. Joins the caller's transaction. */
export const storeDirectChats = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const book = yield* ContactBook

  const store: SightingStore["store"] = (organization, session, sightings) =>
    Effect.gen(function* () {
      const people = sightings.filter(isDirectChat).map(({ person }) => person)
      if (people.length === 0) return
      const contacts = yield* book.recognise(organization, session, people)
      const now = yield* Clock.currentTimeMillis
      yield* sql`
        INSERT INTO direct_chats (organization_id, session_id, contact_id, first_seen_at)
        SELECT DISTINCT ${organization}, ${session}, r.value::bigint, ${now}::bigint
        FROM jsonb_array_elements(${JSON.stringify(contacts)}::jsonb) r
        ON CONFLICT DO NOTHING`
    }).pipe(Effect.orDie)

  const merge: SightingStore["merge"] = (organization, session, merges) =>
    Effect.gen(function* () {
      yield* sql`
        WITH moved AS (
          DELETE FROM direct_chats d
          USING jsonb_to_recordset(${JSON.stringify(merges)}::jsonb) AS
            p("from" bigint, "into" bigint)
          WHERE d.organization_id = ${organization} AND d.session_id = ${session}
            AND d.contact_id = p."from"
            AND d.contact_id = ANY(${merges.map(({ from }) => from) as never}::bigint[])
          RETURNING p."into" AS contact_id, d.first_seen_at
        )
        INSERT INTO direct_chats AS d (organization_id, session_id, contact_id, first_seen_at)
        SELECT ${organization}, ${session}, contact_id, first_seen_at FROM moved
        ON CONFLICT (contact_id) DO UPDATE
          SET first_seen_at = least(d.first_seen_at, excluded.first_seen_at)`
    }).pipe(Effect.orDie)

  return { store, merge }
})

type DirectChatSeen = Extract<Sighting, { readonly _tag: "DirectChatSeen" }>

const isDirectChat = (sighting: Sighting): sighting is DirectChatSeen =>
  sighting._tag === "DirectChatSeen"
