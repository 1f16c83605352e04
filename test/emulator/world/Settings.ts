import type { Group, GroupJid, MemberAddMode } from "./Group.ts"
import { type Change, done, isRefusal, type Outcome, tellMembers } from "./Notice.ts"
import type { PersonId } from "./Profile.ts"
import { conflict, notAcceptable } from "./Refusal.ts"
import type { World } from "./World.ts"

const SUBJECT_LIMIT = 100
const DESCRIPTION_LIMIT = 2_048

export const rename = (world: World, actor: PersonId, jid: GroupJid, subject: string): Outcome => {
  const group = editable(world, actor, jid)
  if (isRefusal(group)) return group
  if (subject === "" || subject.length > SUBJECT_LIMIT) return notAcceptable
  const at = world.tick()
  Object.assign(group, { subject, subjectBy: actor, subjectAt: at })
  return done(undefined, tellMembers(group, actor, { kind: "subject", subject, at }))
}

/** `previous` must name the description being replaced, so that two editors cannot overwrite each other unseen. */
export const describe = (
  world: World,
  actor: PersonId,
  jid: GroupJid,
  edit: { readonly id: string; readonly body: string | undefined; readonly previous?: string },
): Outcome => {
  const group = editable(world, actor, jid)
  if (isRefusal(group)) return group
  const { id, body, previous } = edit
  if (previous !== group.description?.id) return conflict
  if (body !== undefined && body.length > DESCRIPTION_LIMIT) return notAcceptable
  group.description = body === undefined ? undefined : { id, body, by: actor, at: world.tick() }
  return done(undefined, tellMembers(group, actor, { kind: "description", id, body }))
}

export const announce = (world: World, actor: PersonId, jid: GroupJid, on: boolean) =>
  administer(world, actor, jid, (group) => {
    group.announce = on
    return { kind: on ? "announcement" : "not_announcement" }
  })

export const lock = (world: World, actor: PersonId, jid: GroupJid, on: boolean) =>
  administer(world, actor, jid, (group) => {
    group.locked = on
    return { kind: on ? "locked" : "unlocked" }
  })

export const setMemberAddMode = (
  world: World,
  actor: PersonId,
  jid: GroupJid,
  mode: string,
): Outcome => {
  if (!isMemberAddMode(mode)) return notAcceptable
  return administer(world, actor, jid, (group) => {
    group.memberAddMode = mode
    return { kind: "member_add_mode", mode }
  })
}

/** Switching approval off lets nobody in: open requests stay until an admin answers them. */
export const setApproval = (world: World, actor: PersonId, jid: GroupJid, on: boolean) =>
  administer(world, actor, jid, (group) => {
    group.approval = on
    return { kind: "membership_approval_mode", on }
  })

export const setEphemeral = (
  world: World,
  actor: PersonId,
  jid: GroupJid,
  seconds: number,
): Outcome => {
  const group = editable(world, actor, jid)
  if (isRefusal(group)) return group
  if (!Number.isInteger(seconds) || seconds < 0) return notAcceptable
  group.ephemeral = seconds
  return done(undefined, tellMembers(group, actor, { kind: "ephemeral", seconds }))
}

/** Answers the new picture's id; `undefined` when the picture was removed. */
export const setPicture = (
  world: World,
  actor: PersonId,
  jid: GroupJid,
  present: boolean,
): Outcome<string | undefined> => {
  const group = editable(world, actor, jid)
  if (isRefusal(group)) return group
  group.picture = present ? world.ids.picture() : undefined
  const change: Change = { kind: "picture", id: group.picture }
  return done(group.picture, tellMembers(group, actor, change))
}

/** A group belongs to at most one community; `undefined` takes it out. */
export const setParent = (
  world: World,
  actor: PersonId,
  jid: GroupJid,
  parent: GroupJid | undefined,
): Outcome => {
  const group = world.groupFor(actor, jid, true)
  if (isRefusal(group)) return group
  const former = group.parent
  group.parent = parent
  if (parent !== undefined) {
    return done(undefined, tellMembers(group, actor, { kind: "link", parent }))
  }
  if (former === undefined) return conflict
  return done(undefined, tellMembers(group, actor, { kind: "unlink", parent: former }))
}

/** Members may edit an open group; a locked one only its admins. */
const editable = (world: World, actor: PersonId, jid: GroupJid) =>
  world.groupFor(actor, jid, world.groups.get(jid)?.locked ?? false)

const administer = (
  world: World,
  actor: PersonId,
  jid: GroupJid,
  change: (group: Group) => Change,
): Outcome => {
  const group = world.groupFor(actor, jid, true)
  if (isRefusal(group)) return group
  return done(undefined, tellMembers(group, actor, change(group)))
}

const isMemberAddMode = (mode: string): mode is MemberAddMode =>
  mode === "admin_add" || mode === "all_member_add"
