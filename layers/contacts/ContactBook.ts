import { Effect, Layer } from "effect"
import type { PersonSeen } from "../../src/domain/Sighting.ts"
import { ContactBook as ContactBookPort, type ContactId } from "../../src/ports/ContactBook.ts"
import { contactRows } from "./ContactRows.ts"
import type { KnownIdentity } from "./Identities.ts"

export const ContactBook = Layer.effect(
  ContactBookPort,
  Effect.map(contactRows, (rows) => ({
    recognise: (organization, session, people) =>
      rows.find(organization, session, people).pipe(
        Effect.orDie,
        Effect.flatMap((known) => recogniseIn(known, people)),
        Effect.withSpan("ContactBook.recognise"),
      ),
  })),
)

/** The contact of each person; the LID decides where both addresses are known. */
export const recogniseIn = (
  known: ReadonlyArray<KnownIdentity>,
  people: ReadonlyArray<PersonSeen>,
): Effect.Effect<ReadonlyArray<ContactId>> => {
  const byAddress = new Map<string, ContactId>()
  for (const { id, lid, phoneJid } of known) {
    if (lid !== null) byAddress.set(lid, id)
    if (phoneJid !== null) byAddress.set(phoneJid, id)
  }
  const find = (address: string | undefined) =>
    address === undefined ? undefined : byAddress.get(address)
  const found = people.flatMap(({ lid, phoneJid }) => find(lid) ?? find(phoneJid) ?? [])
  const strangers = people.length - found.length
  return strangers === 0
    ? Effect.succeed(found)
    : Effect.dieMessage(
        `${strangers} of ${people.length} people are in no contact book yet: it recognises only whom the session has seen`,
      )
}
