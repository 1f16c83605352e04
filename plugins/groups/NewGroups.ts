import { Clock, Effect, Option, Schema } from "effect"
import { ulid } from "ulid"
import type { GroupJid, PersonJid } from "../../src/domain/Jid.ts"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import { plainName } from "../../src/domain/PlainText.ts"
import type { Session, SessionId } from "../../src/domain/Session.ts"
import { Idempotency, type IdempotencyKey } from "../../src/http/Idempotency.ts"
import { SessionDirectory } from "../../src/ports/SessionDirectory.ts"
import { CreatedGroup, type Group, GroupNotFound, type Subject } from "./Group.ts"
import { Verdict } from "./members/Member.ts"
import { GroupsRepo } from "./Repo.ts"
import { type LiveFailure, WhatsAppGroups } from "./WhatsAppGroups.ts"

export interface NewGroup {
  readonly name: Subject
  readonly participants: ReadonlyArray<PersonJid>
}

/** A group and what became of those who were to be in it, unless that was lost with an answer. */
export const Creation = Schema.Struct({
  group: CreatedGroup,
  verdicts: Schema.optionalWith(Schema.Array(Verdict), { exact: true }),
})
export type Creation = typeof Creation.Type

/** Makes groups: each call another one, each key one and the same. */
export class NewGroups extends Effect.Service<NewGroups>()("plugins/groups/NewGroups", {
  effect: Effect.gen(function* () {
    const sessions = yield* SessionDirectory
    const repo = yield* GroupsRepo
    const whatsapp = yield* WhatsAppGroups
    const idempotency = yield* Idempotency

    const make = Effect.fn("NewGroups.make")(function* (
      organization: OrganizationId,
      session: SessionId,
      { name, participants }: NewGroup,
      call: string,
    ) {
      const { group, verdicts } = yield* whatsapp.create(organization, session, name, participants)
      yield* repo.attribute(organization, session, group, call)
      return { group: yield* stored(organization, session, group), verdicts }
    })

    const stored = Effect.fnUntraced(function* (
      organization: OrganizationId,
      session: SessionId,
      jid: GroupJid,
    ) {
      const found = yield* repo.find(organization, session, jid)
      return createdGroup(yield* Effect.orDie(Effect.mapError(found, () => new GroupNotFound())))
    })

    /**
     * An attempt of which nobody knows how it ended may have made the group: WhatsApp is asked for all
     * of them, and one that this account owns, with that subject and nobody who was not asked for,
     * first seen after the attempt began, is it. Verdicts are lost with the first answer.
     */
    const recover = Effect.fn("NewGroups.recover")(function* (
      organization: OrganizationId,
      account: Session,
      { name, participants }: NewGroup,
      call: string,
      since: number,
    ) {
      yield* whatsapp.storeAll(organization, account.id)
      const owner = [account.waJid, account.waLid].flatMap((jid) => jid ?? [])
      const making = { call, subject: plainName(name), since, owner, people: participants }
      const found = yield* repo.findMade(organization, account.id, making)
      if (Option.isNone(found)) return undefined
      yield* repo.attribute(organization, account.id, found.value.groupJid, call)
      return { group: createdGroup(found.value) } satisfies Creation
    })

    const once = (
      organization: OrganizationId,
      account: Session,
      draft: NewGroup,
      key: IdempotencyKey,
    ) =>
      idempotency.once({
        organization,
        key,
        request: ["createGroup", account.id, draft.name, draft.participants],
        answer: Creation,
        attempt: (since) =>
          Effect.gen(function* () {
            const made =
              since === undefined
                ? undefined
                : yield* recover(organization, account, draft, key, since)
            return made ?? (yield* make(organization, account.id, draft, key))
          }),
        mayHaveHappened: isUnclear,
      })

    const create = Effect.fn("NewGroups.create")(function* (
      organization: OrganizationId,
      session: SessionId,
      { name, participants }: NewGroup,
      key?: IdempotencyKey,
    ) {
      const draft = { name, participants: [...new Set(participants)] }
      const account = yield* sessions.get(organization, session)
      if (key !== undefined) return yield* once(organization, account, draft, key)
      const call = ulid(yield* Clock.currentTimeMillis)
      return yield* make(organization, session, draft, call)
    })

    return { create } as const
  }),
}) {}

const createdGroup = ({ participantCount, ...group }: Group): CreatedGroup => ({
  description: group.description,
  groupJid: group.groupJid,
  isAnnounce: group.isAnnounce,
  isLocked: group.isLocked,
  ownerJid: group.ownerJid,
  participants: participantCount,
  subject: group.subject,
})

/** WhatsApp may have made it: it fell silent, was cut off, broke over it or answered unreadably. */
const isUnclear = (failure: LiveFailure) =>
  failure._tag === "UpstreamSilent" ||
  failure._tag === "SessionOffline" ||
  (failure._tag === "UpstreamRefused" && failure.whatsapp.code >= 500)
