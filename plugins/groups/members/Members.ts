import { Effect } from "effect"
import type { GroupJid, PersonJid } from "../../../src/domain/Jid.ts"
import type { OrganizationId } from "../../../src/domain/Organization.ts"
import type { SessionId } from "../../../src/domain/Session.ts"
import { UpstreamRefused } from "../../../src/domain/WhatsAppFailure.ts"
import { Groups } from "../Groups.ts"
import { MemberNotFound, OwnerProtected, type Verdict } from "./Member.ts"
import { type MemberAction, WhatsAppMembers } from "./WhatsAppMembers.ts"

export class Members extends Effect.Service<Members>()("plugins/groups/members/Members", {
  effect: Effect.gen(function* () {
    const groups = yield* Groups
    const whatsapp = yield* WhatsAppMembers

    /** For several people at once: who is refused does not stop the others. */
    const all = (action: MemberAction) =>
      Effect.fn(`Members.${action}`)(function* (
        organization: OrganizationId,
        session: SessionId,
        group: GroupJid,
        people: ReadonlyArray<PersonJid>,
      ) {
        yield* groups.get(organization, session, group)
        return yield* whatsapp.act(organization, session, group, action, [...new Set(people)])
      })

    /** For one person, whose refusal is the answer. */
    const one = <E extends MemberNotFound | OwnerProtected>(
      action: MemberAction,
      failures: Readonly<Partial<Record<Reason, () => E>>>,
    ) => {
      const act = all(action)
      return Effect.fn(`Members.${action}One`)(function* (
        organization: OrganizationId,
        session: SessionId,
        group: GroupJid,
        person: PersonJid,
      ) {
        const verdicts = yield* act(organization, session, group, [person])
        const refused = verdicts.find(({ status }) => status === "refused")
        if (refused !== undefined) return yield* Effect.fail(failureOf(refused, failures))
        return verdicts
      })
    }

    const requests = Effect.fn("Members.requests")(function* (
      organization: OrganizationId,
      session: SessionId,
      group: GroupJid,
    ) {
      yield* groups.get(organization, session, group)
      return yield* whatsapp.requests(organization, session, group)
    })

    return {
      add: all("add"),
      remove: one("remove", { group_owner: isOwner }),
      promote: one("promote", { not_a_member: isNoMember }),
      demote: one<MemberNotFound | OwnerProtected>("demote", {
        group_owner: isOwner,
        not_a_member: isNoMember,
      }),
      approve: all("approve"),
      reject: all("reject"),
      requests,
    } as const
  }),
}) {}

type Reason = NonNullable<Verdict["reason"]>

const isOwner = () => new OwnerProtected()
const isNoMember = () => new MemberNotFound()

const failureOf = <E>(
  { code, reason }: Verdict,
  failures: Readonly<Partial<Record<Reason, () => E>>>,
): E | UpstreamRefused =>
  (reason === null ? undefined : failures[reason]?.()) ??
  new UpstreamRefused({ whatsapp: { code, text: "participant refused" } })
