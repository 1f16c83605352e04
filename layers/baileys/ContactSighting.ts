import type { Sighting } from "../../src/domain/Sighting.ts"
import { personSeen } from "./PersonSighting.ts"
import { plainName } from "../../src/domain/PlainText.ts"
import type { Contact, LIDMapping } from "./Vendor.ts"

export type ContactSeen = Extract<Sighting, { readonly _tag: "ContactSeen" }>

/** Undefined when it says nothing: a group's picture comes as a contact too. */
export const contactSeen = (contact: Partial<Contact>): ContactSeen | undefined => {
  const person = personSeen(contact.id, contact.lid, contact.phoneNumber)
  if (person === undefined) return undefined
  const names = {
    ...named("savedName", contact.name),
    ...named("pushName", contact.notify),
    ...named("businessName", contact.verifiedName),
  }
  const isJoined = person.lid !== undefined && person.phoneJid !== undefined
  if (Object.keys(names).length === 0 && !isJoined) return undefined
  return { _tag: "ContactSeen", person, ...names }
}

const named = (key: "savedName" | "pushName" | "businessName", name: string | undefined) => {
  const plain = plainName(name ?? "")
  return plain === "" ? {} : { [key]: plain }
}

/** Both addresses of one person. */
export const mappingSeen = ({ lid, pn }: LIDMapping): ContactSeen | undefined =>
  contactSeen({ id: lid, phoneNumber: pn })
