import { expect } from "@effect/vitest"
import { Effect } from "effect"
import type { Contact } from "../../../src/domain/Contact.ts"
import type { Sighting } from "../../../src/domain/Sighting.ts"
import { book, type StoredContact, type Told } from "./Book.ts"

/** Stores them in batches of these sizes; answers what came of it, which the log has to tell as well. */
export const outcomeOf = Effect.fn(function* (
  seen: ReadonlyArray<Sighting>,
  sizes: ReadonlyArray<number>,
) {
  const one = yield* book
  const rest = [...seen]
  for (const size of sizes) if (rest.length > 0) yield* one.see(...rest.splice(0, size))
  const contacts = yield* one.contacts
  expect(replayed(yield* one.told)).toEqual(asTold(contacts))
  return {
    contacts: contacts.map(
      ({ id: _id, firstSeenAt: _first, updatedAt: _updated, ...rest }) => rest,
    ),
    memberships: yield* one.memberships,
  }
})

/** The contacts as somebody knows them who has read nothing but the log. */
const replayed = (log: ReadonlyArray<{ readonly event: string; readonly payload: Told }>) => {
  const known = new Map<number, Contact>()
  for (const { event, payload } of log) {
    if (event === "contact.updated") known.set(payload.id, payload)
    else {
      known.delete(payload.from.id)
      known.set(payload.into.id, payload.into)
    }
  }
  return [...known.values()].sort((a, b) => a.id - b.id)
}

const asTold = (contacts: ReadonlyArray<StoredContact>): ReadonlyArray<Contact> =>
  contacts
    .map((c) => ({
      id: c.id,
      lid: c.lid ?? "",
      phoneJid: c.phoneJid ?? "",
      phoneNumber: (c.phoneJid ?? "").split("@")[0]!,
      name: c.savedName ?? c.pushName ?? c.businessName ?? "",
      businessName: c.businessName ?? "",
      firstSeenAt: c.firstSeenAt,
      updatedAt: c.updatedAt,
    }))
    .sort((a, b) => a.id - b.id)
