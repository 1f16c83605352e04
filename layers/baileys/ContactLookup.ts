import { Effect } from "effect"
import { ContactNotFound } from "../../plugins/contacts/Contact.ts"
import { isLid, type PersonJid, personJid, type PhoneJid } from "../../src/domain/Jid.ts"
import { call } from "./Call.ts"
import type { Socket } from "./Socket.ts"
import { type BinaryNode, getBinaryNodeChild } from "./Vendor.ts"

/** Who answers to a number; undefined when nobody does. */
export const findJid = Effect.fn("ContactLookup.findJid")(function* (
  socket: Socket,
  digits: string,
) {
  const asked = { tag: "contact", attrs: {}, content: `+${digits}` }
  const user = yield* lookUp(socket, "contact", { attrs: {}, content: [asked] })
  const isThere = getBinaryNodeChild(user, "contact")?.attrs["type"] === "in"
  return isThere ? personJid(user?.attrs["jid"] ?? "") : undefined
})

/** Empty where the person hides it, which WhatsApp says by a code in the place of the text. */
export const findAbout = Effect.fn("ContactLookup.findAbout")(function* (
  socket: Socket,
  jid: PersonJid,
) {
  const user = yield* lookUp(socket, "status", { attrs: { jid } })
  const status = getBinaryNodeChild(user, "status")
  if (status === undefined) return yield* new ContactNotFound()
  const { content } = status
  return typeof content === "string" || content instanceof Uint8Array
    ? Buffer.from(content).toString()
    : ""
})

/** The stable address behind a number. */
export const findLid = Effect.fn("ContactLookup.findLid")(function* (
  socket: Socket,
  phoneJid: PhoneJid,
) {
  const user = yield* lookUp(socket, "lid", { attrs: { jid: phoneJid } })
  const lid = personJid(getBinaryNodeChild(user, "lid")?.attrs["val"] ?? "")
  if (lid === undefined || !isLid(lid)) return yield* new ContactNotFound()
  return lid
})

/** What WhatsApp's directory says about one user. */
const lookUp = Effect.fn(function* (
  socket: Socket,
  protocol: "contact" | "status" | "lid",
  user: Omit<BinaryNode, "tag">,
) {
  const answer = yield* call(socket, {
    tag: "iq",
    attrs: { to: "s.whatsapp.net", type: "get", xmlns: "usync" },
    content: [
      {
        tag: "usync",
        attrs: {
          context: "interactive",
          mode: "query",
          sid: socket.library.generateMessageTag(),
          last: "true",
          index: "0",
        },
        content: [
          { tag: "query", attrs: {}, content: [{ tag: protocol, attrs: {} }] },
          { tag: "list", attrs: {}, content: [{ tag: "user", ...user }] },
        ],
      },
    ],
  })
  const list = getBinaryNodeChild(getBinaryNodeChild(answer, "usync"), "list")
  return getBinaryNodeChild(list, "user")
})
