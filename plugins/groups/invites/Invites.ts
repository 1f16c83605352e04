import { Effect } from "effect"
import type { GroupJid } from "../../../src/domain/Jid.ts"
import type { OrganizationId } from "../../../src/domain/Organization.ts"
import type { SessionId } from "../../../src/domain/Session.ts"
import { SessionDirectory } from "../../../src/ports/SessionDirectory.ts"
import { Groups } from "../Groups.ts"
import type { InviteCode } from "./Invite.ts"
import { WhatsAppInvites } from "./WhatsAppInvites.ts"

export class Invites extends Effect.Service<Invites>()("plugins/groups/invites/Invites", {
  effect: Effect.gen(function* () {
    const sessions = yield* SessionDirectory
    const groups = yield* Groups
    const whatsapp = yield* WhatsAppInvites

    const get = Effect.fn("Invites.get")(function* (
      organization: OrganizationId,
      session: SessionId,
      group: GroupJid,
    ) {
      yield* groups.get(organization, session, group)
      return { invite: yield* whatsapp.get(organization, session, group) }
    })

    const revoke = Effect.fn("Invites.revoke")(function* (
      organization: OrganizationId,
      session: SessionId,
      group: GroupJid,
    ) {
      yield* groups.get(organization, session, group)
      return { invite: yield* whatsapp.revoke(organization, session, group) }
    })

    const preview = Effect.fn("Invites.preview")(function* (
      organization: OrganizationId,
      session: SessionId,
      code: InviteCode,
    ) {
      yield* sessions.get(organization, session)
      return yield* whatsapp.preview(organization, session, code)
    })

    const join = Effect.fn("Invites.join")(function* (
      organization: OrganizationId,
      session: SessionId,
      code: InviteCode,
    ) {
      yield* sessions.get(organization, session)
      return yield* whatsapp.join(organization, session, code)
    })

    return { get, revoke, preview, join } as const
  }),
}) {}
