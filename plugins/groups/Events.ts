/** What the log of events says about groups. Each is written in one commit with the rows it tells of. */
import { Schema } from "effect"
import { GroupJid, Lid, PhoneJid } from "../../src/domain/Jid.ts"
import { EpochMillis } from "../../src/domain/Time.ts"
import { Group } from "./Group.ts"
import { Role } from "./members/Member.ts"

/**
 * `group.created`: the session is in a group that it was never seen in before, because it made it,
 * joined it or was added. Does not happen for the groups that the account was in when it was linked,
 * nor for one that it comes back to. Members are not told one by one.
 */
export const GroupCreated = Schema.Struct({ group: Group })

/** The fields of a group that `group.updated` names. */
export const ChangedField = Schema.Literal(
  "subject",
  "description",
  "isAnnounce",
  "isLocked",
  "joinApproval",
  "memberAddMode",
  "disappearingSeconds",
  "isMember",
)

/**
 * `group.updated`: what a group says or allows has changed, by whomever. `changed` names the fields;
 * `isMember` turns false when the account has left, was removed, or the group is gone, and true when
 * it is back. Two changes between two looks at the group are one event with what is true in the end;
 * a change that was taken back between them, a new picture and a number of members are none.
 */
export const GroupUpdated = Schema.Struct({
  changed: Schema.Array(ChangedField),
  group: Group,
  isMember: Schema.Boolean,
})

export const MemberChange = Schema.Struct({
  change: Schema.Literal("joined", "left", "promoted", "demoted", "tagged"),
  lid: Schema.NullOr(Lid),
  phoneJid: Schema.NullOr(PhoneJid),
  role: Role,
  tag: Schema.String,
})
export type MemberChange = typeof MemberChange.Type

/**
 * `group.members`: people joined, left, were promoted or demoted, or carry another tag. One event has
 * all that changed in one group between two looks at it. Does not happen for the members that a group
 * had when it was first seen, nor when somebody's number changes, nor when the account itself leaves:
 * from then on nobody tells it.
 */
export const GroupMembersChanged = Schema.Struct({
  changes: Schema.Array(MemberChange),
  groupJid: GroupJid,
})

/**
 * `group.join_request`: somebody asks to be let in (`open`), or no longer asks (`closed`) because they
 * were let in or rejected, or thought better of it. Only admins are told, so it happens only where the
 * account is one.
 */
export const GroupJoinRequest = Schema.Struct({
  groupJid: GroupJid,
  lid: Schema.NullOr(Lid),
  method: Schema.String,
  phoneJid: Schema.NullOr(PhoneJid),
  requestedAt: Schema.NullOr(EpochMillis),
  status: Schema.Literal("open", "closed"),
})
export type GroupJoinRequest = typeof GroupJoinRequest.Type
