import { isLid, isPhoneJid, personJid } from "../../src/domain/Jid.ts"
import type { PersonSeen } from "../../src/domain/Sighting.ts"

/** One person from whatever addresses WhatsApp gave; undefined when none of them is a person's. */
export const personSeen = (
  ...addresses: ReadonlyArray<string | null | undefined>
): PersonSeen | undefined => {
  const people = addresses.flatMap((address) => personJid(address ?? "") ?? [])
  const lid = people.find(isLid)
  const phoneJid = people.find(isPhoneJid)
  if (lid !== undefined) return phoneJid === undefined ? { lid } : { lid, phoneJid }
  return phoneJid === undefined ? undefined : { phoneJid }
}
