import { deflateSync } from "node:zlib"
import { proto } from "@whiskeysockets/baileys"

/** Messages per chunk and per chat. */
const [perChunk, perChat] = [2_000, 40]

/** Of all kinds of history, the one that a gateway takes. */
const syncType = proto.HistorySync.HistorySyncType.INITIAL_BOOTSTRAP

const numberOf = (chat: number) => `62811${String(1_000_000 + chat)}`

/** What a phone sends to a new device: conversations full of messages, with the names of who wrote them. */
export const historyChunks = (messages: number): ReadonlyArray<proto.IMessage> =>
  Array.from({ length: Math.ceil(messages / perChunk) }, (_, nth) => {
    const chats = Array.from({ length: perChunk / perChat }, (_, index) => nth * 50 + index)
    return notice({
      syncType,
      chunkOrder: nth + 1,
      progress: 100,
      conversations: chats.map(conversation),
      pushnames: chats.map((chat) => ({ id: jidOf(chat), pushname: `Name ${chat}` })),
      phoneNumberToLidMappings: chats.map((chat) => ({ pnJid: jidOf(chat), lidJid: lidOf(chat) })),
    })
  })

const jidOf = (chat: number) => `${numberOf(chat)}@s.whatsapp.net`
const lidOf = (chat: number) => `9${numberOf(chat)}@lid`

const conversation = (chat: number): proto.IConversation => ({
  id: jidOf(chat),
  name: `Name ${chat}`,
  conversationTimestamp: 1_700_000_000 + chat,
  messages: Array.from({ length: perChat }, (_, nth) => ({
    message: {
      key: { remoteJid: jidOf(chat), fromMe: nth % 2 === 0, id: `H${chat}X${nth}` },
      message: { conversation: `an old message, number ${nth} of the conversation ${chat}` },
      messageTimestamp: 1_700_000_000 + nth,
    },
  })),
})

const notice = (sync: proto.IHistorySync): proto.IMessage => ({
  protocolMessage: {
    type: proto.Message.ProtocolMessage.Type.HISTORY_SYNC_NOTIFICATION,
    historySyncNotification: {
      syncType,
      chunkOrder: sync.chunkOrder ?? 1,
      progress: 100,
      initialHistBootstrapInlinePayload: deflateSync(proto.HistorySync.encode(sync).finish()),
    },
  },
})
