import { isLid, type Lid, personJid, type PhoneJid } from "../../src/domain/Jid.ts"
import type { PersonSeen } from "../../src/domain/Sighting.ts"

/** One person from whatever addresses WhatsApp gave; undefined when none of them is a person's. */
export const personSeen = (
  ...addresses: ReadonlyArray<string | null | undefined>
): PersonSeen | undefined => {
  let lid: Lid | undefined
  let phoneJid: PhoneJid | undefined
  for (const address of addresses) {
    const jid = personJid(address ?? "")
    if (isLid(jid)) lid ??= jid
    else phoneJid ??= jid
  }
  if (lid !== undefined) return phoneJid === undefined ? { lid } : { lid, phoneJid }
  return phoneJid === undefined ? undefined : { phoneJid }
}
