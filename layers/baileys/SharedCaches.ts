import { Effect } from "effect"
import { LRUCache } from "lru-cache"
import type { SessionId } from "../../src/domain/Session.ts"
import type { CacheStore } from "./Vendor.ts"

type Entries = LRUCache<string, NonNullable<unknown>>

const bounded = (ttl: number): Entries => new LRUCache({ max: 20_000, ttl })

const minute = 60_000

/** A session's view of entries that all sessions share; its own keys are bare ids and numbers. */
const view = (entries: Entries, session: SessionId): CacheStore => ({
  get: <T>(key: string) => entries.get(`${session}:${key}`) as T | undefined,
  set: (key, value) => {
    if (value === undefined || value === null) entries.delete(`${session}:${key}`)
    else entries.set(`${session}:${key}`, value)
  },
  del: (key) => {
    entries.delete(`${session}:${key}`)
  },
  flushAll: () => {
    for (const key of entries.keys()) if (key.startsWith(`${session}:`)) entries.delete(key)
  },
})

/** Bounded for the whole process: of its own, every socket would make five caches with a timer each. */
export class SharedCaches extends Effect.Service<SharedCaches>()("layers/baileys/SharedCaches", {
  sync: () => {
    const retries = bounded(60 * minute)
    const devices = bounded(5 * minute)
    const calls = bounded(5 * minute)
    const of = (session: SessionId) => ({
      msgRetryCounterCache: view(retries, session),
      userDevicesCache: view(devices, session),
      callOfferCache: view(calls, session),
    })
    /** Takes along whatever a session has left there. */
    const forget = (session: SessionId) =>
      Object.values(of(session)).forEach((cache) => cache.flushAll())
    const size = () => retries.size + devices.size + calls.size
    return { of, forget, size } as const
  },
}) {}
