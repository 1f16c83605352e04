import { ParseResult, Schema } from "effect"

const address = (pattern: RegExp, description: string) =>
  Schema.String.pipe(Schema.pattern(pattern, { description }))

const patterns = {
  group: /^\d{5,20}(-\d{5,15})?@g\.us$/,
  lid: /^\d{5,20}@lid$/,
  phone: /^\d{5,20}@s\.whatsapp\.net$/,
}

/** `120363021234567890@g.us`, or the older `<creator>-<timestamp>@g.us`. */
export const GroupJid = address(
  patterns.group,
  "a WhatsApp group address, e.g. 120363021234567890@g.us",
).pipe(Schema.brand("GroupJid"))
export type GroupJid = typeof GroupJid.Type

/** A person by phone number. */
export const PhoneJid = address(
  patterns.phone,
  "a WhatsApp user address, e.g. 6281234567890@s.whatsapp.net",
).pipe(Schema.brand("PhoneJid"))
export type PhoneJid = typeof PhoneJid.Type

/** A person by WhatsApp's own stable identifier; the number may stay unknown. */
export const Lid = address(
  patterns.lid,
  "a WhatsApp person address, e.g. 205227043110953@lid",
).pipe(Schema.brand("Lid"))
export type Lid = typeof Lid.Type

export const PersonJid = Schema.Union(PhoneJid, Lid).annotations({
  description: "a WhatsApp user address, e.g. 6281234567890@s.whatsapp.net or 205227043110953@lid",
})
export type PersonJid = typeof PersonJid.Type

// Every member of every group passes here: a schema would take ten times as long.
const like =
  <Jid extends string>(pattern: RegExp) =>
  (text: unknown): text is Jid =>
    typeof text === "string" && pattern.test(text)

export const isLid = like<Lid>(patterns.lid)
export const isPhoneJid = like<PhoneJid>(patterns.phone)
export const isGroupJid = like<GroupJid>(patterns.group)

const device = /^(\d{5,20})(?:_\d+)?(?::\d+)?@(s\.whatsapp\.net|c\.us|lid)(?::\d+)?$/

const isMatched = { disableValidation: true }

/**
 * Drops a device or agent suffix: `628…:12@s.whatsapp.net` and `628…@s.whatsapp.net:12` are the
 * person `628…@s.whatsapp.net`.
 */
export const personJid = (address: string): PersonJid | undefined => {
  if (isLid(address) || isPhoneJid(address)) return address
  const found = device.exec(address)
  if (found === null) return undefined
  const [, user, server] = found
  return server === "lid"
    ? Lid.make(`${user}@lid`, isMatched)
    : PhoneJid.make(`${user}@s.whatsapp.net`, isMatched)
}

/** A person as callers write them: by number or by LID, with or without a device suffix. */
export const PersonAddress = Schema.transformOrFail(
  Schema.String.annotations({
    description: "a WhatsApp user address, e.g. 6281234567890@s.whatsapp.net",
  }),
  Schema.typeSchema(PersonJid),
  {
    strict: true,
    decode: (text, _, ast) => {
      const jid = personJid(text)
      return jid === undefined
        ? ParseResult.fail(new ParseResult.Type(ast, text, expectedAddress))
        : ParseResult.succeed(jid)
    },
    encode: ParseResult.succeed,
  },
)

const expectedAddress =
  "a WhatsApp user address, e.g. 6281234567890@s.whatsapp.net or 205227043110953@lid"

/** `6281234567890@s.whatsapp.net` → `6281234567890`. */
export const phoneNumberOf = (jid: PhoneJid): string => jid.slice(0, jid.indexOf("@"))
