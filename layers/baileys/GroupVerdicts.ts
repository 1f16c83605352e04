import type { Verdict } from "../../plugins/groups/members/Member.ts"
import type { MemberAction } from "../../plugins/groups/members/WhatsAppMembers.ts"
import type { PersonJid } from "../../src/domain/Jid.ts"
import type { PersonSeen } from "../../src/domain/Sighting.ts"
import { personSeen } from "./PersonSighting.ts"
import { type BinaryNode, getBinaryNodeChild } from "./Vendor.ts"
import { integerIn, timeIn } from "./WireNumbers.ts"

/** How WhatsApp lists people: as they were asked for, or in its own way. */
export type Order = "asked" | "any"

/**
 * What WhatsApp made of each person, in the order asked; undefined for those of whom it said nothing.
 * It names them its own way, by LID or by number, and may name others as well.
 */
export const verdictsFor = (
  action: MemberAction,
  people: ReadonlyArray<PersonJid>,
  participants: ReadonlyArray<BinaryNode>,
  order: Order,
): ReadonlyArray<Verdict | undefined> => {
  const known = participants.map((node) => ({ node, person: personIn(node) }))
  const named = new Map(people.map((jid) => [jid, about(jid, known)]))
  const unnamed = people.filter((jid) => named.get(jid) === undefined)
  const others = known.filter((one) => isNameless(one) && !people.some((jid) => isOf(jid, one)))
  const isSure = others.length === unnamed.length && (order === "asked" || isOneOutcome(others))
  return people.map((jid) => {
    const found = named.get(jid) ?? (isSure ? others[unnamed.indexOf(jid)] : undefined)
    return found && verdictOf(action, jid, found)
  })
}

interface Known {
  readonly node: BinaryNode
  readonly person: PersonSeen | undefined
}

/** Whoever is listed twice is so for the error. */
const about = (jid: PersonJid, known: ReadonlyArray<Known>) => {
  const found = known.filter((one) => isOf(jid, one))
  return found.find(({ node }) => node.attrs["error"] !== undefined) ?? found[0]
}

const isOf = (jid: PersonJid, { person }: Known) => person?.lid === jid || person?.phoneJid === jid

/** Named by one address only, which may be the other one of whoever was asked for. */
const isNameless = ({ node, person }: Known) =>
  node.attrs["type"] !== "superadmin" &&
  (person?.lid === undefined || person.phoneJid === undefined)

const isOneOutcome = (known: ReadonlyArray<Known>) =>
  new Set(known.map(({ node }) => node.attrs["error"])).size === 1

const personIn = ({ attrs }: BinaryNode) =>
  personSeen(attrs["jid"], attrs["lid"], attrs["phone_number"])

const verdictOf = (action: MemberAction, jid: PersonJid, { node, person }: Known): Verdict => {
  const code = integerIn(node.attrs["error"] ?? "200") ?? 500
  const { reason, status } = meaning(action, code)
  const address = { lid: person?.lid ?? null, phoneJid: person?.phoneJid ?? null }
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
  return code === undefined ? null : { code, expiresAt: timeIn(expiration) ?? null }
}
