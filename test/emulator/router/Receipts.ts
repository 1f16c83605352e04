import type { Companion } from "../people/Companion.ts"
import type { Settlement } from "../people/Mailbox.ts"
import { attributes, type BinaryNode, child, children, el, seconds } from "../wire/Nodes.ts"
import type { Server } from "./Server.ts"

/** Receipts of this kind are between the device and its own account. */
const PRIVATE = new Set(["inactive", "peer_msg", "hist_sync", "sender"])

/** Takes a device's receipt: settles what it is about, and passes it on to whoever wrote the message. */
export const relayReceipt = (
  server: Server,
  companion: Companion,
  node: BinaryNode,
  send: (ack: BinaryNode) => void,
) => {
  const { id = "", to = "", type, participant } = node.attrs
  const items = children(child(node, "list"), "item").map(({ attrs }) => attrs["id"] ?? "")
  for (const about of [id, ...items]) {
    if (type !== "retry") tell(server, companion, companion.mailbox.settleByReceipt(about, type))
  }
  send(el("ack", attributes({ class: "receipt", id, from: to, participant, type })))
  const author = server.people.findDevice(participant ?? to)
  if (!author || author.person === companion.person || PRIVATE.has(type ?? "")) return
  if (type !== "retry") return server.notify(author.person, passedOn(server, companion, node))
  companion.askedAgain.add(id)
  if (author.device === 0) companion.retries.set(id, child(node, "retry")?.attrs["count"] ?? "1")
  else author.person.companions.get(author.device)?.push(passedOn(server, companion, node))
}

/** Takes a device's ack; a message it asked to have again is sent again only now, so that both are kept apart. */
export const takeAck = async (server: Server, companion: Companion, node: BinaryNode) => {
  tell(server, companion, companion.mailbox.settleByAck(node))
  const { id = "" } = node.attrs
  const count = companion.retries.get(id)
  if (node.attrs["class"] !== "message" || count === undefined) return
  companion.retries.delete(id)
  await server.mail.resend(companion, id, count)
}

const tell = (server: Server, companion: Companion, settlement: Settlement) => {
  for (const watch of server.watchers) watch(companion, settlement)
}

const passedOn = (server: Server, { lidJid, pnJid }: Companion, node: BinaryNode): BinaryNode => {
  const { id, to = "", type } = node.attrs
  const group = server.world.groups.get(to)
  const reader = to.endsWith("@lid") || group?.addressing === "lid" ? lidJid : pnJid
  const address = group ? { from: to, participant: reader } : { from: reader }
  return el("receipt", attributes({ id, t: seconds(), type, ...address }), node.content)
}
