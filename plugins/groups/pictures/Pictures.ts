import { Effect } from "effect"
import type { GroupJid } from "../../../src/domain/Jid.ts"
import type { OrganizationId } from "../../../src/domain/Organization.ts"
import type { SessionId } from "../../../src/domain/Session.ts"
import { Groups } from "../Groups.ts"
import { WhatsAppPictures } from "./WhatsAppPictures.ts"

export class Pictures extends Effect.Service<Pictures>()("plugins/groups/pictures/Pictures", {
  effect: Effect.gen(function* () {
    const groups = yield* Groups
    const whatsapp = yield* WhatsAppPictures

    const get = Effect.fn("Pictures.get")(function* (
      organization: OrganizationId,
      session: SessionId,
      group: GroupJid,
    ) {
      yield* groups.get(organization, session, group)
      return yield* whatsapp.get(organization, session, group)
    })

    const set = Effect.fn("Pictures.set")(function* (
      organization: OrganizationId,
      session: SessionId,
      group: GroupJid,
      image: Uint8Array,
    ) {
      yield* groups.get(organization, session, group)
      return { id: yield* whatsapp.set(organization, session, group, image) }
    })

    const remove = Effect.fn("Pictures.remove")(function* (
      organization: OrganizationId,
      session: SessionId,
      group: GroupJid,
    ) {
      yield* groups.get(organization, session, group)
      yield* whatsapp.remove(organization, session, group)
    })

    return { get, set, remove } as const
  }),
}) {}
