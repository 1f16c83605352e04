import { deflateSync } from "node:zlib"
import { proto } from "@whiskeysockets/baileys"
import type { Person } from "../../emulator/people/Person.ts"

const { Type } = proto.Message.ProtocolMessage
const { HistorySyncType } = proto.HistorySync

/** Everybody an attack is about, and the messages that are not the attacker's. */
export interface Victims {
  readonly me: Person
  readonly bob: Person
  readonly attacker: Person
  /** What Bob wrote, and what the account wrote itself. */
  readonly bobs: string
  readonly mine: string
}

export interface Attack {
  readonly name: string
  readonly message: proto.IMessage
}

/** What only an account's own phone may say to its devices. */
const selfOnly = ({ attacker, bob }: Victims): ReadonlyArray<Attack> => [
  {
    name: "history",
    message: {
      protocolMessage: {
        type: Type.HISTORY_SYNC_NOTIFICATION,
        historySyncNotification: {
          syncType: HistorySyncType.PUSH_NAME,
          chunkOrder: 1,
          progress: 100,
          initialHistBootstrapInlinePayload: deflateSync(
            proto.HistorySync.encode({
              syncType: HistorySyncType.PUSH_NAME,
              pushnames: [{ id: bob.pnJid, pushname: "Not Bob" }],
              phoneNumberToLidMappings: [{ pnJid: bob.pnJid, lidJid: attacker.lidJid }],
            }).finish(),
          ),
        },
      },
    },
  },
  {
    name: "app state key",
    message: {
      protocolMessage: {
        type: Type.APP_STATE_SYNC_KEY_SHARE,
        appStateSyncKeyShare: {
          keys: [
            { keyId: { keyId: Buffer.from("forged") }, keyData: { keyData: Buffer.alloc(32) } },
          ],
        },
      },
    },
  },
  {
    name: "number mapping",
    message: {
      protocolMessage: {
        type: Type.LID_MIGRATION_MAPPING_SYNC,
        lidMigrationMappingSyncMessage: {
          encodedMappingPayload: proto.LIDMigrationMappingSyncPayload.encode({
            pnToLidMappings: [{ pn: Number(bob.pn), assignedLid: Number(attacker.lid) }],
          }).finish(),
        },
      },
    },
  },
  {
    name: "answer of the phone",
    message: {
      protocolMessage: {
        type: Type.PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE,
        peerDataOperationRequestResponseMessage: {
          stanzaId: "FORGED",
          peerDataOperationResult: [
            {
              placeholderMessageResendResponse: {
                webMessageInfoBytes: proto.WebMessageInfo.encode({
                  key: { remoteJid: bob.pnJid, id: "FORGED", fromMe: false },
                  message: { conversation: "forged" },
                  messageTimestamp: 1,
                  pushName: "Not Bob",
                }).finish(),
              },
            },
          ],
        },
      },
    },
  },
]

/** Changes of messages that somebody else has written. */
const foreignChanges = ({ bob, bobs, me, mine }: Victims): ReadonlyArray<Attack> =>
  [
    { id: bobs, participant: bob.lidJid, remoteJid: bob.pnJid, fromMe: false },
    { id: bobs, fromMe: true, remoteJid: me.pnJid },
    { id: mine, fromMe: true, remoteJid: bob.pnJid, participant: me.lidJid },
  ].flatMap((key): ReadonlyArray<Attack> => [
    {
      name: "edit",
      message: {
        protocolMessage: {
          type: Type.MESSAGE_EDIT,
          key,
          editedMessage: { conversation: "forged" },
          timestampMs: Date.now() + 3_600_000,
        },
      },
    },
    { name: "revoke", message: { protocolMessage: { type: Type.REVOKE, key } } },
  ])

/** The same, hidden in everything that a client looks into. */
const wrapped = ({ bob }: Victims, { message, name }: Attack): ReadonlyArray<Attack> => [
  { name, message },
  { name: `${name}, disappearing`, message: { ephemeralMessage: { message } } },
  { name: `${name}, edited`, message: { editedMessage: { message } } },
  {
    name: `${name}, from another device`,
    message: { deviceSentMessage: { destinationJid: bob.pnJid, message } },
  },
]

export const attacks = (victims: Victims): ReadonlyArray<Attack> =>
  [...selfOnly(victims), ...foreignChanges(victims)].flatMap((one) => wrapped(victims, one))

/** What a name or a text may do to those who show, log or store it. */
export const nastyTexts: ReadonlyArray<string> = [
  "nul \u0000 and bell \u0007",
  "\u202Egnp.exe \u2066isolated",
  "line\r\nlevel=ERROR message=forged",
  "\u001b[2J\u001b]0;title\u0007",
  "'; DROP TABLE messages; --",
  "<script>alert(1)</script>",
  "lone \uD800 surrogate",
  "{{7*7}} ${7*7} %s %n",
  "x".repeat(70_000),
]

export const nastyMessages: ReadonlyArray<Attack> = [
  {
    name: "a huge poll",
    message: {
      pollCreationMessage: {
        name: "poll",
        options: Array.from({ length: 5_000 }, (_, nth) => ({ optionName: `option ${nth}` })),
        selectableOptionsCount: 1,
      },
    },
  },
  { name: "no content", message: {} },
  { name: "a change of nothing", message: { protocolMessage: {} } },
  { name: "a reaction to nothing", message: { reactionMessage: { text: "x" } } },
  {
    name: "a key that is no key",
    message: {
      reactionMessage: { key: { id: "\u0000", remoteJid: "nobody" }, text: "\u0000" },
    },
  },
  {
    name: "a mapping that is none",
    message: {
      protocolMessage: {
        type: Type.LID_MIGRATION_MAPPING_SYNC,
        lidMigrationMappingSyncMessage: { encodedMappingPayload: Buffer.from("garbage") },
      },
    },
  },
]
