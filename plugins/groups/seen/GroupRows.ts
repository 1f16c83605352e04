/** What is seen of groups, as the rows that are written. */
import type { MemberRole, PersonSeen, Sighting } from "../../../src/domain/Sighting.ts"
import type { ContactId } from "../../../src/ports/ContactBook.ts"
import type { GroupRow } from "./SeenGroupsRepo.ts"
import type { MemberRow } from "./SeenMembersRepo.ts"

type GroupSeen = Extract<Sighting, { readonly _tag: "GroupSeen" }>

/** One statement may touch a row only once: the last sighting of a group is what it is now. */
export const latest = (groups: ReadonlyArray<GroupSeen>) => [
  ...new Map(groups.map((group) => [group.jid, group])).values(),
]

export const peopleIn = ({ members, owner }: GroupSeen): ReadonlyArray<PersonSeen> =>
  owner === undefined ? members : [owner, ...members]

/** Few enough members for one statement, however badly the database plans it. */
export const portions = (groups: ReadonlyArray<GroupSeen>) => {
  const found: Array<Array<GroupSeen>> = []
  let room = -1
  for (const group of groups) {
    room -= group.members.length
    if (room < 0) {
      found.push([])
      room = mostMembers - group.members.length
    }
    found.at(-1)!.push(group)
  }
  return found
}

const mostMembers = 2000

/** Everybody once a group, also where WhatsApp names a person by both addresses. */
export const rowsOf = (
  groups: ReadonlyArray<GroupSeen>,
  contactOf: (person: PersonSeen) => ContactId,
): ReadonlyArray<MemberRow> =>
  groups.flatMap(({ jid, members }) => {
    const roles = new Map<ContactId, MemberRole>()
    for (const member of members) roles.set(contactOf(member), member.role)
    return Array.from(roles, ([contact, role]) => ({ jid, contact, role }))
  })

export const rowWith =
  (contactOf: (person: PersonSeen) => ContactId) =>
  ({ members, owner, settings, ...group }: GroupSeen): GroupRow => ({
    ...group,
    owner: owner && contactOf(owner),
    participants: members.length,
    joinApproval: settings?.joinApproval,
    memberAddMode: settings?.memberAddMode,
    disappearingSeconds: settings?.disappearingSeconds,
  })
