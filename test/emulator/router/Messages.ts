import { proto } from "@whiskeysockets/baileys"
import type { Companion } from "../people/Companion.ts"
import type { Device } from "../people/Directory.ts"
import type { Person } from "../people/Person.ts"
import {
  attributes,
  bigEndian,
  type BinaryNode,
  bytes,
  child,
  children,
  el,
  seconds,
} from "../wire/Nodes.ts"
import type { Group } from "../world/Group.ts"
import { tag } from "../world/Membership.ts"
import { forbidden, notAuthorized, type Refusal } from "../world/Refusal.ts"
import type { Server } from "./Server.ts"

/** One message on its way from a device: who it is for, and which ciphertext is whose. */
type Envelope = {
  readonly node: BinaryNode
  readonly sender: Companion
  readonly group: Group | undefined
  readonly copies: ReadonlyMap<string, BinaryNode>
  /** The ciphertext all members of a group share. */
  readonly shared: BinaryNode | undefined
}

/** Takes a message from a device, acknowledges it, and hands every recipient their copy. */
export const relayMessage = async (
  server: Server,
  sender: Companion,
  node: BinaryNode,
  send: (ack: BinaryNode) => void,
) => {
  const { to = "" } = node.attrs
  const group = server.world.groups.get(to)
  const refusal = to.endsWith("@g.us") ? mayWrite(group, sender.person) : undefined
  send(messageAck(node, refusal && String(refusal.code)))
  if (refusal) return
  const envelope = open(server, sender, node, group)
  for (const { person, device } of recipients(server, envelope)) {
    const companion = person.companions.get(device)
    if (companion) companion.push(forwarded(envelope, companion))
    else if (device === 0) await readOnPhone(server, envelope, person)
  }
}

export const messageAck = ({ attrs }: BinaryNode, error?: string) =>
  el(
    "ack",
    attributes({ class: "message", id: attrs["id"], from: attrs["to"], t: seconds(), error }),
  )

const mayWrite = (group: Group | undefined, { id }: Person): Refusal | undefined => {
  const found = group?.members.get(id)
  if (!group || !found) return forbidden
  return group.announce && !found.role ? notAuthorized : undefined
}

const open = (
  server: Server,
  sender: Companion,
  node: BinaryNode,
  group: Group | undefined,
): Envelope => {
  const copies = new Map<string, BinaryNode>()
  const put = (jid: string, enc: BinaryNode | undefined) => {
    const device = server.people.findDevice(jid)
    if (device && enc) copies.set(keyOf(device), enc)
  }
  for (const to of children(child(node, "participants"))) {
    put(to.attrs["jid"] ?? "", child(to, "enc"))
  }
  const bodies = children(node, "enc")
  const direct = bodies.find(({ attrs }) => attrs["type"] !== "skmsg")
  put(node.attrs["participant"] ?? node.attrs["to"] ?? "", direct)
  const shared = bodies.find(({ attrs }) => attrs["type"] === "skmsg")
  return { node, sender, group, copies, shared }
}

/** Every device of every member for a group message; otherwise the devices it was encrypted for. */
const recipients = (server: Server, { sender, group, copies, shared }: Envelope): Array<Device> => {
  if (!group || !shared) {
    return [...copies.keys()].flatMap((key) => server.people.findDevice(key) ?? [])
  }
  return [...group.members.keys()].flatMap((id) => {
    const person = server.people.get(id)
    const devices = [0, ...person.companions.keys()].map((device) => ({ person, device }))
    return devices.filter((device) => keyOf(device) !== sender.lidJid)
  })
}

const forwarded = (envelope: Envelope, to: Companion): BinaryNode => {
  const { node, copies, shared } = envelope
  const own = copies.get(to.lidJid)
  const content = [own, shared].filter((enc) => enc !== undefined)
  const { id = "", type = "text" } = node.attrs
  const attrs = { id, type, t: seconds(), ...senderAttributes(envelope, to.person) }
  return el("message", attrs, [...content, ...children(node, "device-identity")])
}

/** A device of the sender's own account is also told who the message went to. */
const senderAttributes = ({ node, sender, group }: Envelope, reader: Person) => {
  const { person } = sender
  const { to = "" } = node.attrs
  if (group) {
    const author =
      group.addressing === "lid"
        ? { participant: sender.lidJid, participant_pn: person.pnJid }
        : { participant: sender.pnJid, participant_lid: person.lidJid }
    return { from: to, ...author, addressing_mode: group.addressing, notify: person.name }
  }
  const address = to.endsWith("@lid")
    ? { from: sender.lidJid, sender_pn: person.pnJid }
    : { from: sender.pnJid, sender_lid: person.lidJid }
  const recipient = reader === person ? { recipient: to } : {}
  return { ...address, ...recipient, notify: person.name }
}

const readOnPhone = async (server: Server, envelope: Envelope, reader: Person) => {
  const { node, sender, group } = envelope
  const { id = "", to: chat = "" } = node.attrs
  const entry = { to: reader, from: sender.person, chat, id }
  try {
    const message = await decrypt(envelope, reader)
    server.record(server.inbox, { ...entry, message, error: undefined })
    learnLabel(server, sender.person, group, message)
  } catch (error) {
    server.record(server.inbox, { ...entry, message: undefined, error })
    return askAgain(server, envelope, reader)
  }
  if (server.behaviour.deliveryReceipts && reader !== sender.person) {
    sender.push(receiptFrom(envelope, reader))
  }
}

/** The phone's own copy is not asked for again: it is nobody else's business. */
const askAgain = (server: Server, envelope: Envelope, reader: Person) => {
  const { sender, node } = envelope
  if (!server.behaviour.retryReceipts || reader === sender.person) return
  const { id = "" } = node.attrs
  const count = server.retries.next(id, reader)
  if (count === undefined) return
  const receipt = receiptFrom(envelope, reader, "retry")
  sender.push({
    ...receipt,
    content: [
      el("retry", { count: String(count), id, t: seconds(), v: "1" }),
      el("registration", {}, bigEndian(reader.phone.registrationId, 4)),
    ],
  })
}

const decrypt = async (envelope: Envelope, reader: Person): Promise<proto.Message | undefined> => {
  const { sender, group, copies, shared } = envelope
  const { phone } = reader
  const own = copies.get(keyOf({ person: reader, device: 0 }))
  const direct = own && (await phone.open(sender.lidJid, own.attrs["type"] ?? "", bytes(own)))
  if (direct) await phone.learn(sender.lidJid, direct)
  if (!group || !shared) return direct
  return phone.openFromGroup(group.jid, sender.lidJid, bytes(shared))
}

const LABEL_CHANGE = proto.Message.ProtocolMessage.Type.GROUP_MEMBER_LABEL_CHANGE

const learnLabel = (
  server: Server,
  author: Person,
  group: Group | undefined,
  message: proto.Message | undefined,
) => {
  const change = message?.protocolMessage
  if (!group || change?.type !== LABEL_CHANGE) return
  tag(server.world, author.id, group.jid, change.memberLabel?.label || undefined)
}

/** Without a type, it says that the message was delivered. */
const receiptFrom = ({ node, group }: Envelope, reader: Person, type?: string) => {
  const { id, to = "" } = node.attrs
  const address = group
    ? { from: to, participant: group.addressing === "lid" ? reader.lidJid : reader.pnJid }
    : { from: to.endsWith("@lid") ? reader.lidJid : reader.pnJid }
  return el("receipt", attributes({ id, t: seconds(), type, ...address }))
}

const keyOf = ({ person, device }: Device) =>
  device === 0 ? person.lidJid : `${person.lid}:${device}@lid`
