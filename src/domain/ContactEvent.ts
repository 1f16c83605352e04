/** What the log of events says about contacts, each in one commit with the rows it tells of. */
import { Schema } from "effect"
import { Contact } from "./Contact.ts"
import type { Happening } from "./Event.ts"

/**
 * Somebody was met for the first time, or their names or addresses changed; the payload is the
 * contact as it is now. Not when the same is told again, nor when groups or chats of theirs change,
 * nor for the contact that stays in a merge: `contact.merged` tells all of it.
 */
export const ContactUpdated = Contact.annotations({ identifier: "ContactUpdated" })

/**
 * Two contacts turned out to be one person. What belonged to `from` belongs to `into`, which is told
 * as it is now; `from` is gone and its id is not used again. Not when a number passes to another LID:
 * those are two people, and two `contact.updated`.
 */
export const ContactMerged = Schema.Struct({
  from: Contact.pick("id", "lid", "phoneJid"),
  into: Contact,
}).annotations({ identifier: "ContactMerged" })

export const contactUpdated = (payload: typeof ContactUpdated.Type): Happening => ({
  event: "contact.updated",
  payload,
})

export const contactMerged = (payload: typeof ContactMerged.Type): Happening => ({
  event: "contact.merged",
  payload,
})
