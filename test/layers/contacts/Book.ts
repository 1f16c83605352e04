import { Effect, Layer } from "effect"
import { ulid } from "ulid"
import { ContactBook } from "../../../layers/contacts/ContactBook.ts"
import { ContactKeeper } from "../../../layers/contacts/ContactKeeper.ts"
import { EventLog } from "../../../layers/EventLog.ts"
import { SystemSql } from "../../../layers/Postgres.ts"
import { Sightings as storing } from "../../../layers/Sightings.ts"
import { plugins } from "../../../plugins/index.ts"
import type { Contact } from "../../../src/domain/Contact.ts"
import { type GroupJid, Lid, PhoneJid } from "../../../src/domain/Jid.ts"
import { OrganizationId } from "../../../src/domain/Organization.ts"
import { SessionId } from "../../../src/domain/Session.ts"
import type { MemberSeen, Sighting } from "../../../src/domain/Sighting.ts"
import { Events } from "../../../src/ports/Events.ts"
import { Safes } from "../../../src/ports/Safes.ts"
import { Sightings } from "../../../src/ports/Sightings.ts"
import * as Database from "../../support/Database.ts"

/** Where sightings are stored as the gateway stores them, on a database of its own. */
export const Storage = storing(plugins).pipe(
  Layer.provide([ContactBook, ContactKeeper.layer, Layer.mock(Safes, {})]),
  Layer.provideMerge(EventLog),
  Layer.provideMerge(Database.layer),
)

export const lid = (n: number) => Lid.make(`20000000${n}@lid`)
export const phone = (n: number) => PhoneJid.make(`6280000${n}@s.whatsapp.net`)

type GroupSeen = Extract<Sighting, { readonly _tag: "GroupSeen" }>

/** A group with nothing special about it but what is said. */
export const groupSeen = (
  jid: GroupJid,
  members: ReadonlyArray<MemberSeen>,
  more: Partial<GroupSeen> = {},
): GroupSeen => ({
  _tag: "GroupSeen",
  jid,
  subject: "Family",
  description: "",
  owner: undefined,
  createdAtWa: undefined,
  isAnnounce: false,
  isLocked: false,
  members,
  ...more,
})

/** A session of an organization of its own, and what is known and told about its contacts. */
export const book = Effect.gen(function* () {
  const sql = yield* SystemSql
  const sightings = yield* Sightings
  const events = yield* Events
  const organization = OrganizationId.make(`org_${ulid()}`)
  const session = SessionId.make(ulid())
  yield* sql`INSERT INTO organizations (organization_id, name, created_at)
    VALUES (${organization}, '', 1)`
  yield* sql`
    INSERT INTO sessions (session_id, organization_id, gateway_id, label, desired, status,
      auto_read, presence_typing, created_at, updated_at)
    VALUES (${session}, ${organization}, '', '', 'stopped', 'stopped', false, false, 1, 1)`

  return {
    organization,
    session,
    see: (...seen: ReadonlyArray<Sighting>) => sightings.store(organization, session, seen),

    /** What the log says of contacts, in order. */
    told: Effect.map(events.read(organization, 0, 10_000), (all) =>
      all
        .filter(({ event }) => event.startsWith("contact."))
        .map(({ event, payload }) => ({ event, payload: payload as Told })),
    ),

    contacts: sql<StoredContact>`
      SELECT c.contact_id AS id, c.lid, c.phone_jid AS "phoneJid", c.saved_name AS "savedName",
        c.push_name AS "pushName", c.business_name AS "businessName",
        c.first_seen_at AS "firstSeenAt", c.updated_at AS "updatedAt",
        EXISTS (SELECT FROM direct_chats d WHERE d.contact_id = c.contact_id) AS dm
      FROM contacts c WHERE c.session_id = ${session} ORDER BY c.lid, c.phone_jid`,

    memberships: sql<{ group: string; member: string; role: string; tag: string; isIn: boolean }>`
      SELECT g.group_jid AS group, coalesce(c.lid, c.phone_jid) AS member, m.role, m.tag,
        m.left_at IS NULL AS "isIn"
      FROM group_members m JOIN groups g USING (group_id) JOIN contacts c USING (contact_id)
      WHERE m.session_id = ${session} ORDER BY 1, 2`,
  }
})

/** The payload of either event. */
export type Told = Contact & {
  readonly from: Pick<Contact, "id" | "lid" | "phoneJid">
  readonly into: Contact
}

export interface StoredContact {
  readonly id: number
  readonly lid: string | null
  readonly phoneJid: string | null
  readonly savedName: string | null
  readonly pushName: string | null
  readonly businessName: string | null
  readonly firstSeenAt: number
  readonly updatedAt: number
  readonly dm: boolean
}
