import { Effect } from "effect"
import type { PersonSeen } from "../../src/domain/Sighting.ts"
import { call } from "./Call.ts"
import { findLid } from "./ContactLookup.ts"
import type { Socket } from "./Socket.ts"

/** WhatsApp keeps the list by LID, and wants the number beside it where it is known. */
export const setBlocked = (action: "block" | "unblock") =>
  Effect.fn("BlockList.setBlocked")(function* (socket: Socket, person: PersonSeen) {
    const lid = person.lid ?? (yield* findLid(socket, person.phoneJid!))
    const number =
      action === "block" && person.phoneJid !== undefined ? { pn_jid: person.phoneJid } : {}
    yield* call(socket, {
      tag: "iq",
      attrs: { to: "s.whatsapp.net", type: "set", xmlns: "blocklist" },
      content: [{ tag: "item", attrs: { action, jid: lid, ...number } }],
    })
  })
