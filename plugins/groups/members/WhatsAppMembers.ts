import { Context, type Effect } from "effect"
import type { GroupJid, PersonJid } from "../../../src/domain/Jid.ts"
import type { OrganizationId } from "../../../src/domain/Organization.ts"
import type { SessionId } from "../../../src/domain/Session.ts"
import type { ChangeFailure } from "../WhatsAppGroups.ts"
import type { JoinRequest, Verdict } from "./Member.ts"

/** What can be done with people; `approve` and `reject` answer their requests to join. */
export type MemberAction = "add" | "remove" | "promote" | "demote" | "approve" | "reject"

/** What the groups plugin asks of WhatsApp about a group's people. */
export class WhatsAppMembers extends Context.Tag("plugins/groups/members/WhatsAppMembers")<
  WhatsAppMembers,
  {
    /**
     * One verdict per person, in the order asked. Returns once WhatsApp has acknowledged the change
     * and the stored group shows it; succeeds even when every single person was refused.
     */
    readonly act: (
      organization: OrganizationId,
      session: SessionId,
      group: GroupJid,
      action: MemberAction,
      people: ReadonlyArray<PersonJid>,
    ) => Effect.Effect<ReadonlyArray<Verdict>, ChangeFailure>
    /** Who is waiting to be let in, as WhatsApp has it now. */
    readonly requests: (
      organization: OrganizationId,
      session: SessionId,
      group: GroupJid,
    ) => Effect.Effect<ReadonlyArray<JoinRequest>, ChangeFailure>
  }
>() {}
