import "../../../layers/baileys/SharedAsyncLocalStorage.ts"
import { DEFAULT_CONNECTION_CONFIG, makeWASocket, type WASocket } from "@whiskeysockets/baileys"
import { LRUCache } from "lru-cache"
import { silentLogger } from "../../emulator/people/Silence.ts"
import { FileKeys, readCreds } from "./Accounts.ts"

const shared = (minutes: number) =>
  new LRUCache<string, NonNullable<unknown>>({ max: 20_000, ttl: minutes * 60_000 })
const caches = {
  msgRetryCounterCache: shared(60),
  userDevicesCache: shared(5),
  callOfferCache: shared(5),
  placeholderResendCache: shared(60),
}

const viewOf = (account: number) =>
  Object.fromEntries(
    Object.entries(caches).map(([name, entries]) => [
      name,
      {
        get: (key: string) => entries.get(`${account}:${key}`),
        set: (key: string, value: NonNullable<unknown>) =>
          void entries.set(`${account}:${key}`, value),
        del: (key: string) => void entries.delete(`${account}:${key}`),
        flushAll: () => {},
      },
    ]),
  )

/** One socket of the library. Its credentials stay in memory, since the library works on them. */
export class BareSocket {
  readonly library: WASocket
  readonly opened: Promise<void>

  constructor(url: string, folder: string, nth: number) {
    const creds = readCreds(folder, nth)
    this.library = makeWASocket({
      auth: { creds, keys: new FileKeys(folder, nth) },
      waWebSocketUrl: url,
      logger: silentLogger,
      markOnlineOnConnect: false,
      syncFullHistory: false,
      enableRecentMessageCache: false,
      getMessage: async () => undefined,
      makeSignalRepository: makeSignalRepository(nth),
      ...viewOf(nth),
    })
    this.library.ev.on("creds.update", (update) => Object.assign(creds, update))
    this.opened = new Promise((resolve, reject) => {
      this.library.ev.on("connection.update", ({ connection, lastDisconnect }) => {
        if (connection === "open") resolve()
        if (connection === "close") reject(lastDisconnect?.error ?? new Error("closed"))
      })
    })
  }
}

const mappings = new LRUCache<string, string>({ max: 50_000 })

const makeSignalRepository =
  (account: number): typeof DEFAULT_CONNECTION_CONFIG.makeSignalRepository =>
  (...args) => {
    const repository = DEFAULT_CONNECTION_CONFIG.makeSignalRepository(...args)
    Object.assign(repository.lidMapping, {
      mappingCache: {
        get: (key: string) => mappings.get(`${account}:${key}`),
        set: (key: string, value: string) => void mappings.set(`${account}:${key}`, value),
        clear: () => {},
      },
    })
    return repository
  }
