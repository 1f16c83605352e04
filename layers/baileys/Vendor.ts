// The one door to the library. What it needs in place comes first; nothing else imports it.
import "./SharedAsyncLocalStorage.ts"
import "./QuickCurve.ts"
import "./RedactedSessions.ts"

export {
  ALL_WA_PATCH_NAMES,
  Browsers,
  BufferJSON,
  decodeMessageNode,
  DEFAULT_CONNECTION_CONFIG,
  extractAddressingContext,
  generateMessageIDV2,
  generateProfilePicture,
  getAllBinaryNodeChildren,
  getBinaryNodeChild,
  getBinaryNodeChildren,
  getContentType,
  initAuthCreds,
  makeWASocket,
  normalizeMessageContent,
  proto,
  unpadRandomMax16,
} from "@whiskeysockets/baileys"
export type {
  AuthenticationCreds,
  BaileysEventMap,
  BinaryNode,
  CacheStore,
  Chat,
  ConnectionState,
  Contact,
  GroupMetadata,
  GroupParticipant,
  LIDMapping,
  SignalDataSet,
  SignalDataTypeMap,
  SignalKeyStore,
  UserFacingSocketConfig,
  WAMessage,
  WASocket,
  WAVersion,
} from "@whiskeysockets/baileys"
export { extractGroupMetadata } from "@whiskeysockets/baileys/lib/Socket/groups.js"
export { buildTcTokenFromJid } from "@whiskeysockets/baileys/lib/Utils/tc-token-utils.js"
