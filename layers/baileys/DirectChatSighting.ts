import type { Sighting } from "../../src/domain/Sighting.ts"
import { personSeen } from "./PersonSighting.ts"
import type { Chat, WAMessage } from "./Vendor.ts"

type DirectChatSeen = Extract<Sighting, { readonly _tag: "DirectChatSeen" }>

/** Undefined for groups, channels and broadcasts. */
const directChat = (
  ...addresses: ReadonlyArray<string | null | undefined>
): DirectChatSeen | undefined => {
  const person = personSeen(...addresses)
  return person === undefined ? undefined : { _tag: "DirectChatSeen", person }
}

/** A chat of the phone's history. */
export const chatSeen = ({ id, lidJid, pnJid }: Chat) =>
  personSeen(id) === undefined ? undefined : directChat(id, lidJid, pnJid)

/**
 * Either way; what devices of one account tell each other is no chat. The other address is the
 * sender's: for the account's own messages that is not whom they went to.
 */
export const messageSeen = ({ key, message }: WAMessage) => {
  if (message?.protocolMessage) return undefined
  return key.fromMe ? directChat(key.remoteJid) : directChat(key.remoteJid, key.remoteJidAlt)
}
