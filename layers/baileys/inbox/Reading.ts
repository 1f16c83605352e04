import { personJid } from "../../../src/domain/Jid.ts"
import type { ChatSeen, MessageName, Sighting } from "../../../src/domain/Sighting.ts"
import { contactSeen } from "../ContactSighting.ts"
import { messageSeen } from "../DirectChatSighting.ts"
import { personSeen } from "../PersonSighting.ts"
import { plainId } from "../../../src/domain/PlainText.ts"
import { tagOf } from "../TagSighting.ts"
import {
  type BinaryNode,
  decodeMessageNode,
  extractAddressingContext,
  proto,
  unpadRandomMax16,
} from "../Vendor.ts"
import type { Letter } from "./Letter.ts"
import { contentOf, unwrapped } from "./MessageContent.ts"

/** The account that a letter was received by. */
export interface Recipient {
  readonly id: string
  readonly lid: string | undefined
}

/** A message and where it came from. */
export interface ReadMessage {
  readonly attrs: BinaryNode["attrs"]
  readonly message: proto.Message
}

/** The messages in a letter; none in the notifications that are kept beside them. */
export const messagesIn = (letter: Letter): ReadonlyArray<ReadMessage> => {
  if (letter.kind === "decrypted") return [read(letter.attrs, unpadRandomMax16(letter.plaintext))]
  const { attrs, content, tag } = letter.stanza
  if (tag !== "message" || !Array.isArray(content)) return []
  return content.flatMap((part) =>
    part.tag === "plaintext" && part.content instanceof Uint8Array
      ? [read(attrs, part.content)]
      : [],
  )
}

const read = (attrs: BinaryNode["attrs"], bytes: Uint8Array): ReadMessage => {
  const message = proto.Message.decode(bytes)
  const copied = message.deviceSentMessage?.message
  return { attrs, message: copied ? proto.Message.fromObject(copied) : message }
}

/** What a message says, in our words. Throws where the stanza claims what can not be. */
export const sightingsOf = (
  { attrs, message }: ReadMessage,
  me: Recipient,
): ReadonlyArray<Sighting> => {
  const { author, fullMessage } = decodeMessageNode({ tag: "message", attrs }, me.id, me.lid ?? "")
  const name = nameOf(attrs, fullMessage.key, author, me)
  const content = unwrapped(message)
  if (content === undefined) return []
  const said = saying(name, content)
  const chat = messageSeen({ key: fullMessage.key, message: content })
  return [
    ...(attrs["notify"] && !name.fromMe ? pushName(author, attrs, attrs["notify"]) : []),
    ...(said && chat ? [chat] : []),
    ...(said ? [said] : []),
    ...tagsIn(fullMessage.key, content),
  ]
}

type Key = ReturnType<typeof decodeMessageNode>["fullMessage"]["key"]

const nameOf = (
  attrs: BinaryNode["attrs"],
  key: Key,
  author: string,
  me: Recipient,
): MessageName => {
  const { recipientAlt, senderAlt } = extractAddressingContext({ tag: "message", attrs })
  const fromMe = key.fromMe === true
  const remote = key.remoteJid ?? ""
  const own = personSeen(me.id, me.lid)
  const chat = chatOf(remote, fromMe ? recipientAlt : senderAlt)
  return {
    chat,
    sender: fromMe ? own : personSeen(author, senderAlt),
    fromMe,
    id: plainId(key.id ?? ""),
    timestamp: Number(attrs["t"] ?? 0) * 1000,
  }
}

const chatOf = (jid: string, alternative: string | undefined): ChatSeen =>
  (personJid(jid) === undefined ? undefined : personSeen(jid, alternative)) ?? {
    jid: plainId(jid),
  }

const saying = (name: MessageName, content: proto.IMessage): Sighting | undefined => {
  const { protocolMessage, reactionMessage } = content
  if (protocolMessage) return changeOf(name, protocolMessage)
  if (reactionMessage) {
    const id = plainId(reactionMessage.key?.id ?? "")
    const text = reactionMessage.text ?? ""
    return id === "" ? undefined : { ...name, _tag: "MessageReacted", id, text }
  }
  const found = contentOf(content)
  if (found === undefined) return undefined
  return { ...name, _tag: "MessageSeen", ...found, raw: bytesOf(content) }
}

const { Type } = proto.Message.ProtocolMessage

/** Whose the message was does not matter here: nobody but its own sender changes it. */
const changeOf = (
  name: MessageName,
  { editedMessage, key, timestampMs, type }: proto.Message.IProtocolMessage,
): Sighting | undefined => {
  const id = plainId(key?.id ?? "")
  if (id === "") return undefined
  if (type === Type.REVOKE) return { ...name, _tag: "MessageRevoked", id }
  const edited = type === Type.MESSAGE_EDIT ? unwrapped(editedMessage) : undefined
  const body = edited && contentOf(edited)?.body
  if (edited === undefined || body === undefined) return undefined
  const timestamp = Number(timestampMs ?? 0) || name.timestamp
  return { ...name, _tag: "MessageEdited", id, timestamp, body, raw: bytesOf(edited) }
}

const bytesOf = (content: proto.IMessage) => proto.Message.encode(content).finish()

const pushName = (
  author: string,
  attrs: BinaryNode["attrs"],
  notify: string,
): ReadonlyArray<Sighting> => {
  const { senderAlt } = extractAddressingContext({ tag: "message", attrs })
  const person = personSeen(author, senderAlt)
  const seen = person && contactSeen({ ...addressesOf(person), notify })
  return seen ? [seen] : []
}

const addressesOf = ({ lid, phoneJid }: NonNullable<ReturnType<typeof personSeen>>) => ({
  id: lid ?? phoneJid ?? "",
  ...(phoneJid === undefined ? {} : { phoneNumber: phoneJid }),
})

const tagsIn = (key: Key, { protocolMessage }: proto.IMessage): ReadonlyArray<Sighting> => {
  if (protocolMessage?.type !== Type.GROUP_MEMBER_LABEL_CHANGE) return []
  const seen = tagOf({
    groupId: key.remoteJid ?? "",
    label: protocolMessage.memberLabel?.label ?? "",
    participant: key.participant ?? "",
    ...(key.participantAlt ? { participantAlt: key.participantAlt } : {}),
  })
  return seen ? [seen] : []
}
