import { Schema } from "effect"
import { Failure } from "../../src/domain/Failure.ts"
import { GroupJid, PersonJid } from "../../src/domain/Jid.ts"
import { EpochMillis } from "../../src/domain/Time.ts"

/** WhatsApp's own limit on a group's name. */
export const Subject = Schema.String.pipe(
  Schema.maxLength(100),
  Schema.pattern(/\S/),
  Schema.annotations({
    description: "a group subject of 1 to 100 characters",
    examples: ["Project Team"],
  }),
  Schema.brand("Subject"),
)
export type Subject = typeof Subject.Type

/** Empty where there is none. */
export const Description = Schema.String.pipe(
  Schema.maxLength(2048, {
    description: "a description of at most 2048 characters",
    examples: ["Who does what by when"],
  }),
)

/** Times are epoch milliseconds. `createdAtWa` and `ownerJid` are null where WhatsApp hides them. */
export const Group = Schema.Struct({
  createdAtWa: Schema.NullOr(EpochMillis),
  description: Description,
  firstSeenAt: EpochMillis,
  groupJid: GroupJid,
  id: Schema.Int,
  isAnnounce: Schema.Boolean,
  isLocked: Schema.Boolean,
  ownerJid: Schema.NullOr(PersonJid),
  participantCount: Schema.Int.annotations({ examples: [12] }),
  subject: Schema.String.annotations({ examples: ["Project Team"] }),
  updatedAt: EpochMillis,
}).annotations({ identifier: "Group" })
export type Group = typeof Group.Type

/** A group that was made just now; `participants` counts them, the session's own account included. */
export const CreatedGroup = Schema.Struct({
  description: Group.fields.description,
  groupJid: GroupJid,
  isAnnounce: Schema.Boolean,
  isLocked: Schema.Boolean,
  ownerJid: Group.fields.ownerJid,
  participants: Group.fields.participantCount,
  subject: Group.fields.subject,
}).annotations({ identifier: "CreatedGroup" })
export type CreatedGroup = typeof CreatedGroup.Type

/** The times after which WhatsApp lets messages disappear; 0 keeps them. */
export const DisappearingSeconds = Schema.Literal(0, 86_400, 604_800, 7_776_000)

/** What a group shows its members alone. */
export const GroupSettings = Schema.Struct({
  disappearingSeconds: Schema.Int.annotations({ examples: [604_800] }),
  /** Whether an admin has to let in who comes by the invite link. */
  joinApproval: Schema.Boolean,
  /** Who may add people. */
  memberAddMode: Schema.Literal("admins", "members"),
}).annotations({ identifier: "GroupSettings" })
export type GroupSettings = typeof GroupSettings.Type

/** Also answered when the group belongs to another organization: existence is private. */
export class GroupNotFound extends Failure<GroupNotFound>()("GroupNotFound", {
  code: "not_found",
  message: "group not found",
  details: {},
}) {}

/** The session's own account lacks the right in this group. */
export class NotGroupAdmin extends Failure<NotGroupAdmin>()("NotGroupAdmin", {
  code: "forbidden",
  message: "the session's account is not an admin of this group",
  details: { reason: Schema.tag("not_group_admin") },
}) {}

/** The session's own account has left the group or was removed from it. */
export class NotGroupMember extends Failure<NotGroupMember>()("NotGroupMember", {
  code: "forbidden",
  message: "the session's account is not a member of this group",
  details: { reason: Schema.tag("not_group_member") },
}) {}
