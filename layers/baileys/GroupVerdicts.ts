import { Effect } from "effect"
import type { Verdict } from "../../plugins/groups/members/Member.ts"
import type { MemberAction } from "../../plugins/groups/members/WhatsAppMembers.ts"
import type { PersonJid } from "../../src/domain/Jid.ts"
import type { PersonSeen } from "../../src/domain/Sighting.ts"
import { unreadable } from "./GroupQueries.ts"
import { personSeen } from "./PersonSighting.ts"
import { type BinaryNode, getBinaryNodeChild } from "./Vendor.ts"

/**
 * What WhatsApp made of each person, in the order asked. It names them its own way, by LID or by
 * number; an answer that leaves somebody out is none.
 */
export const verdictsFor = Effect.fn(function* (
  action: MemberAction,
  people: ReadonlyArray<PersonJid>,
  participants: ReadonlyArray<BinaryNode>,
) {
  const known = participants.map((node) => ({ node, person: personIn(node) }))
  const inOrder = known.length === people.length
  return yield* Effect.forEach(people, (jid, index) => {
    const named = known.find(({ person }) => person?.lid === jid || person?.phoneJid === jid)
    const found = named ?? (inOrder && isAnonymous(known[index]) ? known[index] : undefined)
    return found === undefined
      ? unreadable
      : Effect.succeed(verdictOf(action, jid, found.node, found.person))
  })
})

interface Known {
  readonly node: BinaryNode
  readonly person: PersonSeen | undefined
}

/** Named by one address only, which may be the other one of whoever was asked for. */
const isAnonymous = (known: Known | undefined) =>
  known?.person?.lid === undefined || known.person.phoneJid === undefined

const personIn = ({ attrs }: BinaryNode) =>
  personSeen(attrs["jid"], attrs["lid"], attrs["phone_number"])

const verdictOf = (
  action: MemberAction,
  jid: PersonJid,
  node: BinaryNode,
  { lid = null, phoneJid = null }: Partial<Record<"lid" | "phoneJid", PersonJid | null>> = {},
): Verdict => {
  const code = Number(node.attrs["error"] ?? 200)
  const { reason, status } = meaning(action, code)
  const address = { lid, phoneJid } as Pick<Verdict, "lid" | "phoneJid">
  return { code, invite: inviteIn(node), jid, ...address, reason, status }
}

type Meaning = Pick<Verdict, "reason" | "status">

const done: Meaning = { reason: null, status: "done" }
const unchanged = (reason: Meaning["reason"]): Meaning => ({ reason, status: "unchanged" })
const refused = (reason: Meaning["reason"]): Meaning => ({ reason, status: "refused" })

const adding: Readonly<Record<number, Meaning>> = {
  401: refused("privacy"),
  403: refused("privacy"),
  404: refused("not_on_whatsapp"),
  408: refused("recently_left"),
  409: unchanged("already_member"),
  419: refused("group_full"),
}
const answering: Readonly<Record<number, Meaning>> = {
  404: refused("no_request"),
  409: unchanged("already_member"),
  419: refused("group_full"),
}
const ranking: Readonly<Record<number, Meaning>> = {
  404: refused("not_a_member"),
  405: refused("group_owner"),
  406: refused("group_owner"),
  409: unchanged(null),
}

/** A code means something only together with what was asked. */
const meanings: Readonly<Record<MemberAction, Readonly<Record<number, Meaning>>>> = {
  add: adding,
  approve: answering,
  reject: answering,
  // Whoever made the group is above its admins.
  promote: { ...ranking, 405: unchanged(null), 406: unchanged(null) },
  demote: ranking,
  remove: { ...ranking, 404: unchanged("not_a_member") },
}

const meaning = (action: MemberAction, code: number) =>
  code === 200 ? done : (meanings[action][code] ?? refused("other"))

/** The personal invitation that stands in for an add which the person's privacy forbids. */
const inviteIn = (node: BinaryNode) => {
  const { code, expiration } = getBinaryNodeChild(node, "add_request")?.attrs ?? {}
  return code === undefined ? null : { code, expiresAt: Number(expiration) * 1000 }
}
