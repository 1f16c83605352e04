import { Schema } from "effect"
import type { Happening } from "../../src/domain/Event.ts"
import { EpochMillis } from "../../src/domain/Time.ts"

/**
 * Points to a stored message and says all about it but its text: events are kept, and a copy of the
 * database must not show what people wrote. Whoever delivers an event reads the text from the
 * message, which may have been edited or taken back since.
 */
export const MessagePointer = Schema.Struct({
  id: Schema.Int,
  chatJid: Schema.String,
  /** Empty where the address is not known. */
  senderJid: Schema.String,
  senderLid: Schema.String,
  fromMe: Schema.Boolean,
  direction: Schema.Literal("in", "out"),
  type: Schema.String,
  waMessageId: Schema.String,
  timestamp: EpochMillis,
  hasMedia: Schema.Boolean,
  quotedId: Schema.NullOr(Schema.String),
}).annotations({ identifier: "MessagePointer" })
export type MessagePointer = typeof MessagePointer.Type

/** A message was stored: received, or sent from another device of the account. Once per message. */
export const messageStored = (payload: MessagePointer): Happening => ({ event: "message", payload })

/** Not when the same edit is told again, nor for one that is older than what is stored. */
export const messageEdited = (payload: MessagePointer): Happening => ({
  event: "message.edited",
  payload,
})

/** The sender took it back. Not a second time. */
export const messageRevoked = (payload: MessagePointer): Happening => ({
  event: "message.revoked",
  payload,
})

/** Somebody reacted, changed their reaction or took it back. Not when the same is told again. */
export const messageReacted = (payload: MessagePointer): Happening => ({
  event: "message.reaction",
  payload,
})
