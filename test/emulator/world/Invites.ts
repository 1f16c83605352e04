import type { Group, GroupJid } from "./Group.ts"
import { done, isRefusal, type Outcome, tellMembers } from "./Notice.ts"
import type { PersonId } from "./Profile.ts"
import { conflict, gone, notAcceptable, type Refusal, resourceLimit } from "./Refusal.ts"
import { member, type World } from "./World.ts"

/** The current code; made on the first question. */
export const inviteCode = (world: World, actor: PersonId, jid: GroupJid): Outcome<string> => {
  const group = world.groupFor(actor, jid, true)
  return isRefusal(group) ? group : done(group.inviteCode ?? issue(world, group))
}

/** The old code is answered with 410 from now on. */
export const revokeInvite = (world: World, actor: PersonId, jid: GroupJid): Outcome<string> => {
  const group = world.groupFor(actor, jid, true)
  if (isRefusal(group)) return group
  if (group.inviteCode !== undefined) {
    world.invites.delete(group.inviteCode)
    world.revokedInvites.add(group.inviteCode)
  }
  const code = issue(world, group)
  return done(code, tellMembers(group, actor, { kind: "invite", code }))
}

/** What a link shows to somebody who is not a member yet. */
export const inspectInvite = (world: World, code: string): Outcome<Group> => {
  const group = invitedTo(world, code)
  return isRefusal(group) ? group : done(group)
}

/** `pending` when the admins have to approve first. */
export const join = (
  world: World,
  actor: PersonId,
  code: string,
): Outcome<{ readonly group: Group; readonly pending: boolean }> => {
  const group = invitedTo(world, code)
  if (isRefusal(group)) return group
  const refusal = mayEnter(group, actor)
  if (refusal) return refusal
  if (group.approval) return ask(world, group, actor)
  return done({ group, pending: false }, enter(group, actor, actor, "invite"))
}

/** Redeems the personal invitation a refused add left behind; it works once. */
export const acceptAddRequest = (
  world: World,
  actor: PersonId,
  jid: GroupJid,
  code: string,
): Outcome<Group> => {
  const group = world.groups.get(jid)
  if (!group || group.addRequests.get(code) !== actor) return notAcceptable
  const refusal = mayEnter(group, actor)
  if (refusal) return refusal
  group.addRequests.delete(code)
  return done(group, enter(group, actor, actor, "invite"))
}

export const revokeAddRequests = (
  world: World,
  actor: PersonId,
  jid: GroupJid,
  people: ReadonlyArray<PersonId | undefined>,
): Outcome => {
  const group = world.groupFor(actor, jid, true)
  if (isRefusal(group)) return group
  for (const [code, person] of group.addRequests) {
    if (people.includes(person)) group.addRequests.delete(code)
  }
  return done(undefined)
}

/** Makes the person a member and says so. */
export const enter = (group: Group, actor: PersonId, person: PersonId, reason?: string) => {
  group.members.set(person, member(undefined))
  group.requests.delete(person)
  const participants = [{ person, role: undefined }]
  const change = { kind: "add", participants, ...(reason === undefined ? {} : { reason }) } as const
  return tellMembers(group, actor, change)
}

const mayEnter = (group: Group, actor: PersonId): Refusal | undefined => {
  if (group.members.has(actor)) return conflict
  return group.members.size >= group.capacity ? resourceLimit : undefined
}

const ask = (world: World, group: Group, actor: PersonId) => {
  const known = group.requests.has(actor)
  if (!known) group.requests.set(actor, { at: world.tick(), method: "invite_link" })
  const change = { kind: "created_membership_requests", person: actor } as const
  const to = [...group.members].flatMap(([id, { role }]) => (role === undefined ? [] : [id]))
  return done({ group, pending: true }, ...(known ? [] : [{ group, actor, to, change }]))
}

const invitedTo = (world: World, code: string): Group | Refusal => {
  if (world.revokedInvites.has(code)) return gone
  return world.groups.get(world.invites.get(code) ?? "") ?? notAcceptable
}

const issue = (world: World, group: Group): string => {
  const code = world.ids.inviteCode()
  group.inviteCode = code
  world.invites.set(code, group.jid)
  return code
}
