import type { Group, GroupJid } from "./Group.ts"
import { done, isRefusal, type Outcome, type Participant, tellMembers } from "./Notice.ts"
import { allowsAddBy, type PersonId } from "./Profile.ts"
import {
  conflict,
  forbidden,
  notAcceptable,
  notFound,
  type Refusal,
  resourceLimit,
} from "./Refusal.ts"
import { member, type World } from "./World.ts"

/** What became of one person in a request about several. */
export type Verdict = {
  /** `undefined` when nobody answers to the address that was asked for. */
  readonly person: PersonId | undefined
  readonly refusal?: Refusal
  /** The personal invitation that stands in for an add the person's privacy refused. */
  readonly addRequest?: string
}

export type Participation = "add" | "remove" | "promote" | "demote"

type Asked = ReadonlyArray<PersonId | undefined>

export const create = (
  world: World,
  actor: PersonId,
  subject: string,
  asked: Asked,
): Outcome<{ readonly group: Group; readonly verdicts: ReadonlyArray<Verdict> }> => {
  if (subject === "") return notAcceptable
  const group = world.addGroup({ subject, owner: actor })
  const verdicts = asked.map((person) => admit(world, group, actor, person))
  return done({ group, verdicts }, tellMembers(group, actor, { kind: "create" }))
}

/** One verdict per person asked for, in order; those that succeed share one notification. */
export const participate = (
  world: World,
  actor: PersonId,
  jid: GroupJid,
  kind: Participation,
  asked: Asked,
): Outcome<ReadonlyArray<Verdict>> => {
  const group = world.groupFor(actor, jid, kind !== "add" || addsNeedAdmin(world, jid))
  if (isRefusal(group)) return group
  const change = kind === "add" ? admit : { remove, promote, demote }[kind]
  const verdicts = asked.map((person) => change(world, group, actor, person))
  const changed = verdicts.flatMap(({ person, refusal }) =>
    person === undefined || refusal ? [] : [participant(group, person)],
  )
  if (changed.length === 0) return done(verdicts)
  const left = changed.map(({ person }) => person)
  return done(verdicts, tellMembers(group, actor, { kind, participants: changed }, ...left))
}

export const leave = (world: World, actor: PersonId, jid: GroupJid): Outcome => {
  const group = world.groupFor(actor, jid)
  if (isRefusal(group)) return group
  group.members.delete(actor)
  const participants = [{ person: actor, role: undefined }]
  return done(undefined, tellMembers(group, actor, { kind: "remove", participants }, actor))
}

/** Ends the group for everybody; afterwards it does not exist. */
export const disband = (world: World, actor: PersonId, jid: GroupJid): Outcome => {
  const group = world.groupFor(actor, jid, true)
  if (isRefusal(group)) return group
  world.groups.delete(jid)
  if (group.inviteCode !== undefined) world.invites.delete(group.inviteCode)
  return done(undefined, tellMembers(group, actor, { kind: "delete" }))
}

/** Tags travel inside encrypted group messages, so the server tells nobody. */
export const tag = (
  world: World,
  actor: PersonId,
  jid: GroupJid,
  label: string | undefined,
): Outcome => {
  const group = world.groupFor(actor, jid)
  if (isRefusal(group)) return group
  const own = group.members.get(actor)
  if (own) own.label = label
  return done(undefined)
}

/** Every group the person is in hears of the new number; the LID stays. */
export const renumber = (world: World, actor: PersonId, pn: string): Outcome => {
  if (world.personByNumber(pn)) return conflict
  const profile = world.profile(actor)
  const oldPn = profile.pn
  world.renumber(profile, pn)
  const notices = world
    .groupsOf(actor)
    .map((group) => tellMembers(group, actor, { kind: "modify", person: actor, oldPn }))
  return done(undefined, ...notices)
}

export const participant = (group: Group, person: PersonId): Participant => ({
  person,
  role: group.members.get(person)?.role,
})

const addsNeedAdmin = (world: World, jid: GroupJid) =>
  world.groups.get(jid)?.memberAddMode !== "all_member_add"

const admit = (
  world: World,
  group: Group,
  actor: PersonId,
  person: PersonId | undefined,
): Verdict => {
  if (person === undefined) return { person, refusal: notFound }
  if (group.members.has(person)) return { person, refusal: conflict }
  if (group.members.size >= group.capacity) return { person, refusal: resourceLimit }
  if (!allowsAddBy(world.profile(person), actor)) {
    const addRequest = world.ids.addRequest()
    group.addRequests.set(addRequest, person)
    return { person, refusal: forbidden, addRequest }
  }
  group.members.set(person, member(undefined))
  group.requests.delete(person)
  return { person }
}

const remove = (_: World, group: Group, actor: PersonId, person: PersonId | undefined) =>
  onMember(group, actor, person, (id) => group.members.delete(id))

const promote = (_: World, group: Group, actor: PersonId, person: PersonId | undefined) =>
  onMember(group, actor, person, (id) => setRole(group, id, "admin"))

const demote = (_: World, group: Group, actor: PersonId, person: PersonId | undefined) =>
  onMember(group, actor, person, (id) => setRole(group, id, undefined))

/** Nobody but the creator can be put above or below the creator's rank. */
const onMember = (
  group: Group,
  actor: PersonId,
  person: PersonId | undefined,
  change: (person: PersonId) => void,
): Verdict => {
  const found = person === undefined ? undefined : group.members.get(person)
  if (person === undefined || !found) return { person, refusal: notFound }
  if (found.role === "superadmin" && person !== actor) return { person, refusal: notAcceptable }
  change(person)
  return { person }
}

const setRole = (group: Group, person: PersonId, role: "admin" | undefined) => {
  const found = group.members.get(person)
  if (found && found.role !== "superadmin") found.role = role
}
