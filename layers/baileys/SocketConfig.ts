import { Effect, Runtime } from "effect"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId } from "../../src/domain/Session.ts"
import { makeBaileysLogger } from "./BaileysLogger.ts"
import type { MakeSignalRepository } from "./inbox/Repository.ts"
import { runtimeHere } from "./RuntimeHere.ts"
import { SentMessages } from "./SentMessages.ts"
import { SharedCaches } from "./SharedCaches.ts"
import { SocketSettings, trustedUrl } from "./SocketSettings.ts"
import { Browsers, type CacheStore, proto, type UserFacingSocketConfig } from "./Vendor.ts"

const { HistorySyncType } = proto.HistorySync

/** The two that carry groups, member tags and names. The rest is messages, by the thousand. */
const wantedHistory = new Set<unknown>([
  HistorySyncType.INITIAL_BOOTSTRAP,
  HistorySyncType.PUSH_NAME,
])

/**
 * Says of every message that the phone was asked for it. The library asks for each that does not
 * open, and has all others of the account wait two seconds for it: a stranger could stop an account.
 */
const alreadyAsked: CacheStore = {
  get: <T>() => true as T,
  set: () => {},
  del: () => {},
  flushAll: () => {},
}

/** A lean socket that stays in the background of the account. */
export const socketConfig = Effect.fnUntraced(function* (
  organization: OrganizationId,
  session: SessionId,
  auth: UserFacingSocketConfig["auth"],
  makeSignalRepository: MakeSignalRepository,
) {
  const { url, version, qrTimeout } = yield* SocketSettings
  const caches = yield* SharedCaches
  const sent = yield* SentMessages
  const runPromise = Runtime.runPromise(yield* runtimeHere)
  const config: UserFacingSocketConfig = {
    auth,
    logger: yield* makeBaileysLogger,
    waWebSocketUrl: trustedUrl(url),
    browser: Browsers.macOS("Chrome"),
    // `true` would silence the phone's own notifications.
    markOnlineOnConnect: false,
    // It would ask for signs of life as well: our own heartbeat asks more often.
    keepAliveIntervalMs: 600_000,
    syncFullHistory: false,
    shouldSyncHistoryMessage: ({ syncType }) => wantedHistory.has(syncType),
    enableRecentMessageCache: false,
    // An empty message here would be sent again as an empty message.
    getMessage: ({ id, remoteJid }) =>
      runPromise(sent.find(organization, session, remoteJid ?? "", id ?? "")),
    // The store retries by itself; here it would be with all chats of the account waiting.
    transactionOpts: { maxCommitRetries: 1, delayBetweenTriesMs: 0 },
    makeSignalRepository,
    ...caches.of(session),
    placeholderResendCache: alreadyAsked,
    // One message that does not open would hold up all others of the account for so long.
    retryRequestDelayMs: 0,
    ...(version === undefined ? {} : { version }),
    ...(qrTimeout === undefined ? {} : { qrTimeout }),
  }
  return config
})
