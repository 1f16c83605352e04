import type { Happening } from "../../../src/domain/Event.ts"
import type { GroupJid } from "../../../src/domain/Jid.ts"
import type {
  GroupCreated,
  GroupJoinRequest,
  GroupMembersChanged,
  GroupUpdated,
  MemberChange,
} from "../Events.ts"
import type { WrittenGroup } from "./SeenGroupsRepo.ts"

/** What is to be told of a row that was written: nothing when only its number of members moved. */
export const happeningsOf = (written: WrittenGroup): ReadonlyArray<Happening> => {
  const { changed, hasEarlyTags: _, isMember, isNew, ...group } = written
  if (isNew) return [{ event: "group.created", payload: { group } satisfies Created }]
  if (changed.length === 0) return []
  return [{ event: "group.updated", payload: { changed, group, isMember } satisfies Updated }]
}

type Created = typeof GroupCreated.Type
type Updated = typeof GroupUpdated.Type

type MembersChanged = typeof GroupMembersChanged.Type

type Change = MemberChange & { readonly groupJid: GroupJid }

/** One for each group, with all that changed in it. */
export const membersHappenings = (changes: ReadonlyArray<Change>): ReadonlyArray<Happening> =>
  [...byGroup(changes)].map(([groupJid, ofGroup]) => ({
    event: "group.members",
    payload: { changes: ofGroup.map(withoutGroup), groupJid } satisfies MembersChanged,
  }))

const byGroup = (changes: ReadonlyArray<Change>) => {
  const groups = new Map<GroupJid, Array<Change>>()
  for (const change of changes) {
    const ofGroup = groups.get(change.groupJid)
    if (ofGroup === undefined) groups.set(change.groupJid, [change])
    else ofGroup.push(change)
  }
  return groups
}

const withoutGroup = ({ change, lid, phoneJid, role, tag }: Change): MemberChange => ({
  change,
  lid,
  phoneJid,
  role,
  tag,
})

export const requestHappenings = (
  requests: ReadonlyArray<GroupJoinRequest>,
): ReadonlyArray<Happening> => requests.map((payload) => ({ event: "group.join_request", payload }))
