import { Context, type Effect } from "effect"
import type { GroupJid } from "../../../src/domain/Jid.ts"
import type { OrganizationId } from "../../../src/domain/Organization.ts"
import type { SessionId } from "../../../src/domain/Session.ts"
import type { ChangeFailure, LiveFailure } from "../WhatsAppGroups.ts"
import type { InviteCode, InvitePreview, InviteUnusable } from "./Invite.ts"

/** Where joining led: at once into the group, or before its admins. */
export interface Joined {
  readonly group: GroupJid
  readonly isPending: boolean
}

/** What the groups plugin asks of WhatsApp about invite links. */
export class WhatsAppInvites extends Context.Tag("plugins/groups/invites/WhatsAppInvites")<
  WhatsAppInvites,
  {
    readonly get: (
      organization: OrganizationId,
      session: SessionId,
      group: GroupJid,
    ) => Effect.Effect<InviteCode, ChangeFailure>
    /** The new code; from then on the old one leads nowhere. */
    readonly revoke: (
      organization: OrganizationId,
      session: SessionId,
      group: GroupJid,
    ) => Effect.Effect<InviteCode, ChangeFailure>
    readonly preview: (
      organization: OrganizationId,
      session: SessionId,
      code: InviteCode,
    ) => Effect.Effect<InvitePreview, LiveFailure | InviteUnusable>
    /** Returns once the group is stored. Also succeeds for a member, whose invite still works. */
    readonly join: (
      organization: OrganizationId,
      session: SessionId,
      code: InviteCode,
    ) => Effect.Effect<Joined, LiveFailure | InviteUnusable>
  }
>() {}
