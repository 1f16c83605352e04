import { isGroupJid } from "../../src/domain/Jid.ts"
import { plainName, plainText } from "../../src/domain/PlainText.ts"
import type { MemberRole, MemberSeen, Sighting } from "../../src/domain/Sighting.ts"
import { personSeen } from "./PersonSighting.ts"
import type { GroupMetadata, GroupParticipant } from "./Vendor.ts"
import { integerIn, timeIn } from "./WireNumbers.ts"

export type GroupSeen = Extract<Sighting, { readonly _tag: "GroupSeen" }>

/** A group's metadata as a sighting; undefined when the address is not a group's. */
export const groupSeen = (
  metadata: GroupMetadata,
  readMember = memberSeen,
): GroupSeen | undefined => {
  const { id, creation, desc, owner, ownerPn } = metadata
  if (!isGroupJid(id)) return undefined
  return {
    _tag: "GroupSeen",
    jid: id,
    subject: plainName(metadata.subject ?? ""),
    description: plainText(desc ?? ""),
    owner: personSeen(owner, ownerPn),
    createdAtWa: timeIn(String(creation)),
    isAnnounce: metadata.announce === true,
    isLocked: metadata.restrict === true,
    settings: {
      joinApproval: metadata.joinApprovalMode === true,
      memberAddMode: metadata.memberAddMode === true ? "members" : "admins",
      disappearingSeconds: integerIn(String(metadata.ephemeralDuration)) ?? 0,
    },
    members: metadata.participants.flatMap((participant) => readMember(participant) ?? []),
  }
}

/** Reads members of many groups: who is the same in several is the same object, read once. */
export const memberReader = (): typeof memberSeen => {
  const met = new Map<string, { as: GroupParticipant; seen: MemberSeen | undefined }>()
  return (participant) => {
    const last = met.get(participant.id)
    if (last !== undefined && isSame(last.as, participant)) return last.seen
    const seen = memberSeen(participant)
    met.set(participant.id, { as: participant, seen })
    return seen
  }
}

const isSame = (one: GroupParticipant, other: GroupParticipant) =>
  one.phoneNumber === other.phoneNumber && one.lid === other.lid && one.admin === other.admin

const memberSeen = (participant: GroupParticipant): MemberSeen | undefined => {
  const { id, lid, phoneNumber } = participant
  const person = personSeen(id, lid, phoneNumber)
  return person === undefined ? undefined : { ...person, role: roleOf(participant) }
}

const roleOf = ({ admin }: GroupParticipant): MemberRole =>
  admin === "superadmin" || admin === "admin" ? admin : "member"
