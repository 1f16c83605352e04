import { Schema } from "effect"
import { Contact } from "../../src/domain/Contact.ts"
import { Failure } from "../../src/domain/Failure.ts"
import { GroupJid } from "../../src/domain/Jid.ts"
import { EpochMillis } from "../../src/domain/Time.ts"

export { Contact }

const text = (example: string) => Schema.String.annotations({ examples: [example] })

/** `tag` is the nickname the person carries there; `lastSeen` is old where they have left. */
export const ContactGroup = Schema.Struct({
  jid: GroupJid,
  lastSeen: EpochMillis,
  name: text("Project Team"),
  role: Schema.Literal("member", "admin", "superadmin"),
  tag: text("Treasurer"),
}).annotations({ identifier: "ContactGroup" })

/** Everything stored about one person: `dm` says whether there is a direct chat. */
export const ContactDetail = Schema.Struct({
  dm: Schema.Boolean,
  groups: Schema.Array(ContactGroup),
  identity: Contact,
}).annotations({ identifier: "ContactDetail" })
export type ContactDetail = typeof ContactDetail.Type

/** `jid` is empty where nobody answers to the number; `query` is what was asked. */
export const ContactCheck = Schema.Struct({
  isOnWhatsApp: Schema.Boolean.annotations({ examples: [true] }),
  jid: Contact.fields.phoneJid,
  query: Contact.fields.phoneNumber,
}).annotations({ identifier: "ContactCheck" })
export type ContactCheck = typeof ContactCheck.Type

/** What a person wrote about themselves; empty where they wrote nothing, or hide it. */
export const ContactAbout = Schema.Struct({ about: text("At the bakery") }).annotations({
  identifier: "ContactAbout",
})

/** `url` is WhatsApp's own, and expires. */
export const ContactPicture = Schema.Struct({
  id: text("1767225600"),
  url: text("https://pps.whatsapp.net/v/1767225600.jpg"),
}).annotations({ identifier: "ContactPicture" })
export type ContactPicture = typeof ContactPicture.Type

/** Nobody is stored under that address; for live actions, WhatsApp knows nobody there. */
export class ContactNotFound extends Failure<ContactNotFound>()("ContactNotFound", {
  code: "not_found",
  message: "contact not found",
  details: {},
}) {}

/** The person has none, or does not show it to this account: WhatsApp's answers differ, ours not. */
export class ContactPictureNotFound extends Failure<ContactPictureNotFound>()(
  "ContactPictureNotFound",
  { code: "not_found", message: "contact picture not found", details: {} },
) {}
