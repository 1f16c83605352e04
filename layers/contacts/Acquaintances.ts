import { Context } from "effect"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId } from "../../src/domain/Session.ts"
import type { ContactId } from "../../src/ports/ContactBook.ts"
import type { KnownIdentity } from "./Identities.ts"

/** Contacts by each of their addresses. */
export type Addresses = ReadonlyMap<string, ContactId>

export const addressesOf = (contacts: ReadonlyArray<KnownIdentity>): Addresses => {
  const byAddress = new Map<string, ContactId>()
  for (const { id, lid, phoneJid } of contacts) {
    if (lid !== null) byAddress.set(lid, id)
    if (phoneJid !== null) byAddress.set(phoneJid, id)
  }
  return byAddress
}

/**
 * Whom the batch of sightings that is being stored names, where that is known without a look at the
 * rows: whoever stores it does not have to look them up again.
 */
export class Acquaintances extends Context.Reference<Acquaintances>()(
  "layers/contacts/Acquaintances",
  {
    defaultValue: (): {
      readonly organization: OrganizationId
      readonly session: SessionId
      readonly addresses: Addresses
    } | null => null,
  },
) {}
