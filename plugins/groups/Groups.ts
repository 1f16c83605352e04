import { Effect, Option } from "effect"
import type { GroupJid } from "../../src/domain/Jid.ts"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId } from "../../src/domain/Session.ts"
import { SessionDirectory } from "../../src/ports/SessionDirectory.ts"
import { GroupNotFound, type GroupSettings, type Subject } from "./Group.ts"
import { inOrder } from "./Midway.ts"
import { GroupsRepo } from "./Repo.ts"
import { WhatsAppGroups } from "./WhatsAppGroups.ts"

/** What of a group is to change; absent fields stay as they are. */
export interface GroupChanges {
  readonly subject?: Subject
  readonly description?: string
  readonly announce?: boolean
  readonly locked?: boolean
}

export class Groups extends Effect.Service<Groups>()("plugins/groups/Groups", {
  effect: Effect.gen(function* () {
    const sessions = yield* SessionDirectory
    const repo = yield* GroupsRepo
    const whatsapp = yield* WhatsAppGroups

    const get = Effect.fn("Groups.get")(function* (
      organization: OrganizationId,
      session: SessionId,
      jid: GroupJid,
    ) {
      yield* sessions.get(organization, session)
      const found = yield* repo.find(organization, session, jid)
      if (Option.isNone(found)) return yield* new GroupNotFound()
      return found.value
    })

    /** Each field is a WhatsApp operation of its own, applied in this order. */
    const update = Effect.fn("Groups.update")(function* (
      organization: OrganizationId,
      session: SessionId,
      jid: GroupJid,
      { announce, description, locked, subject }: GroupChanges,
    ) {
      yield* get(organization, session, jid)
      const of = [organization, session, jid] as const
      yield* inOrder({
        subject: changing(subject, (value) => whatsapp.rename(...of, value)),
        description: changing(description, (value) => whatsapp.describe(...of, value)),
        announce: changing(announce, (value) => whatsapp.setAnnounce(...of, value)),
        locked: changing(locked, (value) => whatsapp.setLocked(...of, value)),
      })
    })

    /** As `update`. */
    const updateSettings = Effect.fn("Groups.updateSettings")(function* (
      organization: OrganizationId,
      session: SessionId,
      jid: GroupJid,
      { disappearingSeconds, joinApproval, memberAddMode }: Partial<GroupSettings>,
    ) {
      yield* get(organization, session, jid)
      const of = [organization, session, jid] as const
      yield* inOrder({
        joinApproval: changing(joinApproval, (on) => whatsapp.setJoinApproval(...of, on)),
        memberAddMode: changing(memberAddMode, (mode) => whatsapp.setMemberAddMode(...of, mode)),
        disappearingSeconds: changing(disappearingSeconds, (seconds) =>
          whatsapp.setDisappearing(...of, seconds),
        ),
      })
    })

    /** What is stored stays readable; the group is no longer listed. */
    const leave = Effect.fn("Groups.leave")(function* (
      organization: OrganizationId,
      session: SessionId,
      jid: GroupJid,
    ) {
      yield* get(organization, session, jid)
      yield* whatsapp.leave(organization, session, jid)
    })

    return { get, update, updateSettings, leave } as const
  }),
}) {}

const changing = <A, B>(value: A | undefined, change: (value: A) => B): B | undefined =>
  value === undefined ? undefined : change(value)
