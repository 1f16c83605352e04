import { Context, type Effect } from "effect"
import type { GroupJid, PersonJid } from "../../src/domain/Jid.ts"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId, SessionOffline } from "../../src/domain/Session.ts"
import type { UpstreamFailure } from "../../src/domain/WhatsAppFailure.ts"
import type {
  GroupNotFound,
  GroupSettings,
  NotGroupAdmin,
  NotGroupMember,
  Subject,
} from "./Group.ts"
import type { Verdict } from "./members/Member.ts"

/** Why something about no group in particular does not happen. */
export type LiveFailure = SessionOffline | UpstreamFailure

/** Why a change of a group may not happen. */
export type ChangeFailure = LiveFailure | GroupNotFound | NotGroupAdmin | NotGroupMember

type Change<Value> = (
  organization: OrganizationId,
  session: SessionId,
  group: GroupJid,
  value: Value,
) => Effect.Effect<void, ChangeFailure>

/**
 * What the groups plugin asks of WhatsApp, and nothing more. Every change returns once WhatsApp has
 * acknowledged it and the stored group shows it, which is waited for no longer than a few seconds.
 * Where WhatsApp may have acted without saying so, what is stored is looked at again.
 */
export class WhatsAppGroups extends Context.Tag("plugins/groups/WhatsAppGroups")<
  WhatsAppGroups,
  {
    readonly rename: Change<Subject>
    /** An empty description removes it. */
    readonly describe: Change<string>
    /** Whether only admins may post. */
    readonly setAnnounce: Change<boolean>
    /** Whether only admins may edit the group's info. */
    readonly setLocked: Change<boolean>
    readonly setJoinApproval: Change<boolean>
    readonly setMemberAddMode: Change<GroupSettings["memberAddMode"]>
    /** 0 keeps messages for ever. */
    readonly setDisappearing: Change<number>
    /** Makes a group of those who can be added, with the verdict on each of whom WhatsApp gave one. */
    readonly create: (
      organization: OrganizationId,
      session: SessionId,
      subject: Subject,
      people: ReadonlyArray<PersonJid>,
    ) => Effect.Effect<
      { readonly group: GroupJid; readonly verdicts: ReadonlyArray<Verdict> },
      LiveFailure
    >
    /** Succeeds as well when the account is no longer in the group. */
    readonly leave: (
      organization: OrganizationId,
      session: SessionId,
      group: GroupJid,
    ) => Effect.Effect<void, LiveFailure>
    /** Returns once every group is stored as WhatsApp has it now. */
    readonly storeAll: (
      organization: OrganizationId,
      session: SessionId,
    ) => Effect.Effect<void, LiveFailure>
  }
>() {}
