import { deflateSync } from "node:zlib"
import { proto } from "@whiskeysockets/baileys"
import type { Group, Role } from "../world/Group.ts"
import type { Person } from "./Person.ts"

const Sync = proto.HistorySync.HistorySyncType

const ranks = { superadmin: 2, admin: 1, member: 0 } as const

/** What was written in the direct chat of two people, oldest first. */
export type DirectChat = {
  readonly with: Person
  readonly messages: ReadonlyArray<proto.IWebMessageInfo>
}

/**
 * The three chunks a phone sends to a freshly linked device: its groups and chats, the names it knows,
 * and the end.
 */
export const historyMessages = (
  groups: ReadonlyArray<Group>,
  chats: ReadonlyArray<DirectChat>,
  contacts: ReadonlyArray<Person>,
): Array<proto.IMessage> => [
  chunk(Sync.INITIAL_BOOTSTRAP, 1, {
    conversations: [...groups.map(conversation), ...chats.map(directConversation)],
    phoneNumberToLidMappings: contacts.map(({ pnJid, lidJid }) => ({ pnJid, lidJid })),
  }),
  chunk(Sync.PUSH_NAME, 1, {
    pushnames: contacts.map(({ pnJid, name }) => ({ id: pnJid, pushname: name })),
  }),
  chunk(Sync.RECENT, 2, {}),
]

const conversation = (group: Group): proto.IConversation => ({
  id: group.jid,
  name: group.subject,
  conversationTimestamp: group.createdAt,
  readOnly: false,
  ...(group.description && { description: group.description.body }),
  participant: [...group.members].map(([id, { role, label }]) => ({
    userJid: `${id}@lid`,
    rank: rankOf(role),
    ...(label === undefined ? {} : { memberLabel: { label, labelTimestamp: group.createdAt } }),
  })),
})

/** A phone has the newest message first. */
const directConversation = ({ messages, with: other }: DirectChat): proto.IConversation => ({
  id: other.lidJid,
  lidJid: other.lidJid,
  pnJid: other.pnJid,
  conversationTimestamp: messages.at(-1)?.messageTimestamp ?? null,
  messages: messages
    .toReversed()
    .map((message, index) => ({ message, msgOrderId: messages.length - index })),
})

const rankOf = (role: Role): proto.GroupParticipant.Rank => ranks[role ?? "member"]

const chunk = (
  syncType: proto.HistorySync.HistorySyncType,
  chunkOrder: number,
  body: Partial<proto.IHistorySync>,
): proto.IMessage => {
  const progress = 100
  const sync = proto.HistorySync.encode({ syncType, chunkOrder, progress, ...body }).finish()
  return {
    protocolMessage: {
      type: proto.Message.ProtocolMessage.Type.HISTORY_SYNC_NOTIFICATION,
      historySyncNotification: {
        syncType,
        chunkOrder,
        progress,
        initialHistBootstrapInlinePayload: deflateSync(sync),
      },
    },
  }
}
