import { Effect, Layer } from "effect"
import type { PersonSeen } from "../../src/domain/Sighting.ts"
import { ContactBook as ContactBookPort, type ContactId } from "../../src/ports/ContactBook.ts"
import { Acquaintances, type Addresses, addressesOf } from "./Acquaintances.ts"
import { contactRows } from "./ContactRows.ts"

export const ContactBook = Layer.effect(
  ContactBookPort,
  Effect.map(contactRows, (rows) => ({
    recognise: Effect.fnUntraced(function* (organization, session, people) {
      const met = yield* Acquaintances
      if (met?.organization === organization && met.session === session) {
        const found = idsIn(met.addresses, people)
        if (found.length === people.length) return found
      }
      const known = yield* Effect.orDie(rows.find(organization, session, people))
      return yield* recogniseIn(addressesOf(known), people)
    }),
  })),
)

/** The contact of each person; the LID decides where both addresses are known. */
export const recogniseIn = (
  addresses: Addresses,
  people: ReadonlyArray<PersonSeen>,
): Effect.Effect<ReadonlyArray<ContactId>> => {
  const found = idsIn(addresses, people)
  const strangers = people.length - found.length
  return strangers === 0
    ? Effect.succeed(found)
    : Effect.dieMessage(
        `${strangers} of ${people.length} people are in no contact book yet: it recognises only whom the session has seen`,
      )
}

/** Of those who are known. */
const idsIn = (addresses: Addresses, people: ReadonlyArray<PersonSeen>) => {
  const find = (address: string | undefined) =>
    address === undefined ? undefined : addresses.get(address)
  const found: Array<ContactId> = []
  for (const { lid, phoneJid } of people) {
    const id = find(lid) ?? find(phoneJid)
    if (id !== undefined) found.push(id)
  }
  return found
}
