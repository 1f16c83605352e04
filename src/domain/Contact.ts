import { Schema } from "effect"
import { EpochMillis } from "./Time.ts"

const text = (example: string) => Schema.String.annotations({ examples: [example] })

/**
 * `name` is the one saved in the address book, else the person's own, else that of the business.
 * Whatever WhatsApp has not told yet is an empty string.
 */
export const Contact = Schema.Struct({
  businessName: text("Rossi Bakery"),
  firstSeenAt: EpochMillis,
  id: Schema.Int.annotations({ examples: [1024] }),
  lid: text("205227043110953@lid"),
  name: text("Maria"),
  phoneJid: text("6281234567890@s.whatsapp.net"),
  phoneNumber: text("6281234567890"),
  updatedAt: EpochMillis,
}).annotations({ identifier: "Contact" })
export type Contact = typeof Contact.Type

/** A row `c` of the contact book as a `Contact`, for whoever writes SQL about it. */
export const contactColumns = `
  coalesce(c.business_name, '') AS "businessName", c.first_seen_at AS "firstSeenAt",
  c.contact_id AS "id", coalesce(c.lid, '') AS "lid",
  coalesce(c.saved_name, c.push_name, c.business_name, '') AS "name",
  coalesce(c.phone_jid, '') AS "phoneJid",
  split_part(coalesce(c.phone_jid, ''), '@', 1) AS "phoneNumber",
  c.updated_at AS "updatedAt"`
