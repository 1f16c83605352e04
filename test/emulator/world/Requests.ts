import { admins, type Group, type GroupJid, type JoinRequest } from "./Group.ts"
import { enter } from "./Invites.ts"
import type { Verdict } from "./Membership.ts"
import { type Change, done, isRefusal, type Notice, type Outcome } from "./Notice.ts"
import type { PersonId } from "./Profile.ts"
import { notFound, resourceLimit } from "./Refusal.ts"
import type { World } from "./World.ts"

export const listRequests = (
  world: World,
  actor: PersonId,
  jid: GroupJid,
): Outcome<ReadonlyArray<readonly [PersonId, JoinRequest]>> => {
  const group = world.groupFor(actor, jid, true)
  return isRefusal(group) ? group : done([...group.requests])
}

/** One verdict per person, in order: approved people enter, rejected ones are told so. */
export const answerRequests = (
  world: World,
  actor: PersonId,
  jid: GroupJid,
  answer: "approve" | "reject",
  people: ReadonlyArray<PersonId | undefined>,
): Outcome<ReadonlyArray<Verdict>> => {
  const group = world.groupFor(actor, jid, true)
  if (isRefusal(group)) return group
  const notices: Array<Notice> = []
  const verdicts = people.map((person): Verdict => {
    if (person === undefined || !group.requests.has(person)) return { person, refusal: notFound }
    if (answer === "reject") notices.push(withdraw(group, actor, person))
    else if (group.members.size >= group.capacity) return { person, refusal: resourceLimit }
    else notices.push(enter(group, actor, person))
    return { person }
  })
  return done(verdicts, ...notices)
}

/** The person who asked takes the question back. */
export const cancelRequest = (world: World, actor: PersonId, jid: GroupJid): Outcome => {
  const group = world.groups.get(jid)
  if (!group?.requests.has(actor)) return notFound
  return done(undefined, withdraw(group, actor, actor))
}

const withdraw = (group: Group, actor: PersonId, person: PersonId): Notice => {
  group.requests.delete(person)
  const change: Change = { kind: "revoked_membership_requests", person }
  return { group, actor, change, to: [...new Set([...admins(group), person])] }
}
