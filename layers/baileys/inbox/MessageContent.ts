import type { MessageType } from "../../../src/domain/Sighting.ts"
import { plainId } from "../../../src/domain/PlainText.ts"
import { getContentType, normalizeMessageContent, type proto } from "../Vendor.ts"

type Content = proto.IMessage

/** What a message says, out of the many ways in which WhatsApp says it. */
export interface MessageContent {
  readonly type: MessageType
  readonly body: string
  readonly quotedId: string | undefined
  readonly hasMedia: boolean
}

/** Without what only wraps it: disappearing, view-once, captions, edits. */
export const unwrapped = (message: Content | null | undefined): Content | undefined =>
  normalizeMessageContent(message)

/** Undefined when nobody wrote anything: keys, settings, votes and the like. */
export const contentOf = (message: Content): MessageContent | undefined => {
  const name = getContentType(message)
  if (name === undefined || silent.has(name)) return undefined
  const type = types[name] ?? "other"
  return {
    type,
    body: bodyOf(message),
    quotedId: quotedIn(message, name),
    hasMedia: media.has(type),
  }
}

const silent = new Set<string>([
  "messageContextInfo",
  "protocolMessage",
  "reactionMessage",
  "encReactionMessage",
  "pollUpdateMessage",
  "keepInChatMessage",
  "pinInChatMessage",
])

const types: Readonly<Record<string, MessageType>> = {
  conversation: "text",
  extendedTextMessage: "text",
  imageMessage: "image",
  videoMessage: "video",
  ptvMessage: "video",
  audioMessage: "audio",
  documentMessage: "document",
  stickerMessage: "sticker",
  locationMessage: "location",
  liveLocationMessage: "location",
  contactMessage: "contact",
  contactsArrayMessage: "contact",
  pollCreationMessage: "poll",
  pollCreationMessageV2: "poll",
  pollCreationMessageV3: "poll",
}

const media: ReadonlySet<MessageType> = new Set(["image", "video", "audio", "document", "sticker"])

/** The text that a person would read. */
const bodyOf = (message: Content): string =>
  message.conversation ||
  message.extendedTextMessage?.text ||
  message.imageMessage?.caption ||
  message.videoMessage?.caption ||
  message.documentMessage?.caption ||
  message.locationMessage?.name ||
  message.contactMessage?.displayName ||
  message.contactsArrayMessage?.displayName ||
  (message.pollCreationMessage ?? message.pollCreationMessageV2 ?? message.pollCreationMessageV3)
    ?.name ||
  ""

const quotedIn = (message: Content, name: keyof Content): string | undefined => {
  const part: unknown = message[name]
  if (typeof part !== "object" || part === null || !("contextInfo" in part)) return undefined
  const context = part.contextInfo as proto.IContextInfo | null
  return context?.stanzaId ? plainId(context.stanzaId) : undefined
}
