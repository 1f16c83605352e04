import { Effect, Layer } from "effect"
import type { PersonSeen } from "../../src/domain/Sighting.ts"
import { ContactBook as ContactBookPort, type ContactId } from "../../src/ports/ContactBook.ts"
import { contactRows } from "./ContactRows.ts"
import type { KnownIdentity } from "./Identities.ts"

export const ContactBook = Layer.effect(
  ContactBookPort,
  Effect.map(contactRows, (rows) => ({
    recognise: (_organization, session, people) =>
      rows.find(session, people).pipe(
        Effect.map((known) => recogniseIn(known, people)),
        Effect.orDie,
        Effect.withSpan("ContactBook.recognise"),
      ),
  })),
)

/** The contact of each person; the LID decides where both addresses are known. */
export const recogniseIn = (
  known: ReadonlyArray<KnownIdentity>,
  people: ReadonlyArray<PersonSeen>,
): ReadonlyArray<ContactId> => {
  const byAddress = new Map<string | null, ContactId>()
  for (const { id, lid, phoneJid } of known) byAddress.set(lid, id).set(phoneJid, id)
  return people.map(
    ({ lid, phoneJid }) => (lid && byAddress.get(lid)) ?? byAddress.get(phoneJid ?? null)!,
  )
}
