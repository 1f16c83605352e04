import { Effect } from "effect"
import { ContactNotFound } from "../../plugins/contacts/Contact.ts"
import { isLid, type PersonJid, personJid, type PhoneJid } from "../../src/domain/Jid.ts"
import { call, refuse, unreadable } from "./Call.ts"
import type { Socket } from "./Socket.ts"
import { type BinaryNode, getBinaryNodeChild } from "./Vendor.ts"

/** Who answers to a number; undefined when nobody does. */
export const findJid = Effect.fn("ContactLookup.findJid")(function* (
  socket: Socket,
  digits: string,
) {
  const asked = { tag: "contact", attrs: {}, content: `+${digits}` }
  const user = yield* lookUp(socket, "contact", { attrs: {}, content: [asked] })
  switch (getBinaryNodeChild(user, "contact")?.attrs["type"]) {
    case "in":
      return personJid(user.attrs["jid"] ?? "") ?? (yield* unreadable)
    case "out":
    case "invalid":
      return undefined
    default:
      return yield* unreadable
  }
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
  const address = getBinaryNodeChild(user, "lid")?.attrs["val"]
  if (address === undefined) return yield* new ContactNotFound()
  const lid = personJid(address)
  return lid !== undefined && isLid(lid) ? lid : yield* unreadable
})

type Protocol = "contact" | "status" | "lid"

/** What WhatsApp's directory says about one user. */
const lookUp = Effect.fn(function* (
  socket: Socket,
  protocol: Protocol,
  user: Omit<BinaryNode, "tag">,
) {
  const query: BinaryNode = { tag: "query", attrs: {}, content: [{ tag: protocol, attrs: {} }] }
  const list: BinaryNode = { tag: "list", attrs: {}, content: [{ tag: "user", ...user }] }
  const sid = socket.library.generateMessageTag()
  const answer = yield* call(socket, {
    tag: "iq",
    attrs: { to: "s.whatsapp.net", type: "get", xmlns: "usync" },
    content: [
      {
        tag: "usync",
        attrs: { context: "interactive", mode: "query", sid, last: "true", index: "0" },
        content: [query, list],
      },
    ],
  })
  const usync = getBinaryNodeChild(answer, "usync")
  const found = getBinaryNodeChild(getBinaryNodeChild(usync, "list"), "user")
  const refusing = placesOfErrors(usync, found, protocol).find(
    (node) => getBinaryNodeChild(node, "error") !== undefined,
  )
  if (refusing !== undefined) return yield* refuse(socket, refusing)
  return found ?? (yield* unreadable)
})

/** The directory answers with a result even where it refuses, and says so further inside. */
const placesOfErrors = (
  usync: BinaryNode | undefined,
  user: BinaryNode | undefined,
  protocol: Protocol,
) => {
  const result = getBinaryNodeChild(usync, "result")
  // An error in the place of the text means that the text is hidden.
  const fact = protocol === "status" ? undefined : getBinaryNodeChild(user, protocol)
  return [usync, result, getBinaryNodeChild(result, protocol), user, fact]
}
