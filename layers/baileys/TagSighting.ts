import { isGroupJid } from "../../src/domain/Jid.ts"
import type { Sighting } from "../../src/domain/Sighting.ts"
import { personSeen } from "./PersonSighting.ts"
import { plainName } from "../../src/domain/PlainText.ts"
import { type BaileysEventMap, type Chat, proto, type WAMessage } from "./Vendor.ts"

export type MemberTagged = Extract<Sighting, { readonly _tag: "MemberTagged" }>

const memberTagged = (
  group: string,
  addresses: ReadonlyArray<string | null | undefined>,
  tag: string,
): MemberTagged | undefined => {
  const member = personSeen(...addresses)
  if (!isGroupJid(group) || member === undefined) return undefined
  return { _tag: "MemberTagged", group, member, tag: plainName(tag) }
}

export const tagOf = (update: BaileysEventMap["group.member-tag.update"]) =>
  memberTagged(update.groupId, [update.participant, update.participantAlt], update.label)

/** The only trace of a tag that was cleared: the library tells of new ones alone. */
export const tagCleared = ({ key, message }: WAMessage) => {
  const change = message?.protocolMessage
  const isChange =
    change?.type === proto.Message.ProtocolMessage.Type.GROUP_MEMBER_LABEL_CHANGE &&
    !change.memberLabel?.label
  return isChange
    ? memberTagged(key.remoteJid ?? "", [key.participant, key.participantAlt], "")
    : undefined
}

/** The tags that the phone's history carries; a group's metadata never has them. */
export const tagsIn = (chat: Chat): ReadonlyArray<MemberTagged> =>
  (chat.participant ?? []).flatMap(({ userJid, memberLabel }) =>
    memberLabel?.label ? (memberTagged(chat.id ?? "", [userJid], memberLabel.label) ?? []) : [],
  )
