import { ParseResult, Schema } from "effect"
import { Failure } from "../../../src/domain/Failure.ts"
import { GroupJid, PersonJid } from "../../../src/domain/Jid.ts"
import { EpochMillis } from "../../../src/domain/Time.ts"
import { Group } from "../Group.ts"

/** The last part of an invite link. */
export const InviteCode = Schema.String.pipe(
  Schema.pattern(/^[A-Za-z0-9_-]{16,32}$/, {
    description: "an invite code, e.g. HaPq3kLw9ZtYb2RnXv7Cd1",
  }),
  Schema.brand("InviteCode"),
)
export type InviteCode = typeof InviteCode.Type

const site = "https://chat.whatsapp.com/"
const link = /^(?:https?:\/\/)?chat\.whatsapp\.com\/(?:invite\/)?([^/?#]+)\/?(?:[?#].*)?$/i
const expected = `an invite code or a ${site}… link`

/** The code, or the whole link that people pass on. */
export const Invite = Schema.transformOrFail(
  Schema.String.annotations({
    description: expected,
    examples: [`${site}HaPq3kLw9ZtYb2RnXv7Cd1`],
  }),
  Schema.typeSchema(InviteCode),
  {
    strict: true,
    decode: (text, _, ast) => {
      const trimmed = text.trim()
      const code = link.exec(trimmed)?.[1] ?? trimmed
      return Schema.is(InviteCode)(code)
        ? ParseResult.succeed(code)
        : ParseResult.fail(new ParseResult.Type(ast, text, expected))
    },
    encode: (code) => ParseResult.succeed(`${site}${code}`),
  },
)

/** `{ invite: "https://chat.whatsapp.com/…" }`. */
export const InviteLink = Schema.Struct({ invite: Invite }).annotations({
  identifier: "InviteLink",
})

/** What a link shows to those who are not in the group. */
export const InvitePreview = Schema.Struct({
  createdAtWa: Schema.NullOr(EpochMillis),
  description: Group.fields.description,
  groupJid: GroupJid,
  joinApproval: Schema.Boolean,
  ownerJid: Schema.NullOr(PersonJid),
  participantCount: Group.fields.participantCount,
  subject: Group.fields.subject,
}).annotations({ identifier: "InvitePreview" })
export type InvitePreview = typeof InvitePreview.Type

/** Why nobody can enter by an invite: it never was one, was withdrawn, or the group is full. */
export const Unusable = Schema.Literal("invite_unknown", "invite_revoked", "group_full")
export type Unusable = typeof Unusable.Type

export class InviteUnusable extends Failure<InviteUnusable>()("InviteUnusable", {
  code: "validation_error",
  message: "the invite can not be used",
  details: {
    reason: Unusable,
    fields: Schema.Array(Schema.Struct({ path: Schema.String, expected: Schema.String })),
  },
}) {
  static readonly because = (reason: Unusable) =>
    new InviteUnusable({ reason, fields: [{ path: "invite", expected: "an invite that works" }] })
}
