import { Schema } from "effect"
import { Failure } from "../../../src/domain/Failure.ts"
import { GroupJid, Lid, PersonAddress, PersonJid, PhoneJid } from "../../../src/domain/Jid.ts"
import { SessionId } from "../../../src/domain/Session.ts"
import { EpochMillis } from "../../../src/domain/Time.ts"

export const Role = Schema.Literal("member", "admin", "superadmin")

/** `tag` is the nickname the person carries in this group; `lid` is null until it is learned. */
export const GroupMember = Schema.Struct({
  firstSeenAt: EpochMillis,
  groupJid: GroupJid,
  id: Schema.Int,
  lastSeenAt: EpochMillis,
  lid: Schema.NullOr(Lid),
  phoneJid: Schema.NullOr(PhoneJid),
  role: Role,
  sessionId: SessionId,
  tag: Schema.String.annotations({ examples: ["Treasurer"] }),
}).annotations({ identifier: "GroupMember" })
export type GroupMember = typeof GroupMember.Type

/** Who is meant by a request; as many as WhatsApp takes into one group. */
export const Participants = Schema.Array(PersonAddress).pipe(
  Schema.minItems(1),
  Schema.maxItems(1024),
  Schema.annotations({ description: "1 to 1024 WhatsApp user addresses" }),
)

/** Why WhatsApp did not do it: `unchanged` because it was so already, `refused` for good. */
const Reason = Schema.Literal(
  "already_member",
  "not_a_member",
  "not_on_whatsapp",
  "privacy",
  "recently_left",
  "group_full",
  "group_owner",
  "no_request",
  "other",
)

/**
 * What WhatsApp made of one participant, addressed by `jid` as in the request. `code` is WhatsApp's
 * own, 200 when it did what was asked. Whose privacy forbids to be added may be sent `invite`, which
 * expires at an unknown time where `expiresAt` is null.
 */
export const Verdict = Schema.Struct({
  code: Schema.Int.annotations({ examples: [200] }),
  invite: Schema.NullOr(
    Schema.Struct({
      code: Schema.String.annotations({ examples: ["X9pQ2rT7vK4mN8sL"] }),
      expiresAt: Schema.NullOr(EpochMillis),
    }),
  ),
  jid: PersonJid,
  lid: Schema.NullOr(Lid),
  phoneJid: Schema.NullOr(PhoneJid),
  reason: Schema.NullOr(Reason),
  status: Schema.Literal("done", "unchanged", "refused"),
}).annotations({ identifier: "Verdict" })
export type Verdict = typeof Verdict.Type

/** Somebody who wants to be let in; `method` is how they came, in WhatsApp's words. */
export const JoinRequest = Schema.Struct({
  lid: Schema.NullOr(Lid),
  method: Schema.String.annotations({ examples: ["invite_link"] }),
  phoneJid: Schema.NullOr(PhoneJid),
  requestedAt: Schema.NullOr(EpochMillis),
}).annotations({ identifier: "JoinRequest" })
export type JoinRequest = typeof JoinRequest.Type

/** Only a member can be promoted or demoted. */
export class MemberNotFound extends Failure<MemberNotFound>()("MemberNotFound", {
  code: "not_found",
  message: "group member not found",
  details: {},
}) {}

/** Whoever made the group can neither be removed nor demoted by others. */
export class OwnerProtected extends Failure<OwnerProtected>()("OwnerProtected", {
  code: "forbidden",
  message: "the group's owner can not be changed",
  details: { reason: Schema.tag("group_owner") },
}) {}
