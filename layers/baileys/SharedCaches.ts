import { Effect } from "effect"
import type { SessionId } from "../../src/domain/Session.ts"
import { type OwnEntries, SharedEntries } from "./SharedEntries.ts"
import type { CacheStore } from "./Vendor.ts"

type Value = NonNullable<unknown>

const bounded = (ttl: number) => new SharedEntries<Value>({ max: 20_000, ttl })

const minute = 60_000

/** As the library wants it; the keys it uses are bare ids and numbers. */
class View implements CacheStore {
  readonly #entries: OwnEntries<Value>

  constructor(entries: OwnEntries<Value>) {
    this.#entries = entries
  }

  get<T>(key: string) {
    return this.#entries.get(key) as T | undefined
  }

  set(key: string, value: unknown) {
    if (value === undefined || value === null) this.#entries.delete(key)
    else this.#entries.set(key, value)
  }

  del(key: string) {
    this.#entries.delete(key)
  }

  flushAll() {
    this.#entries.clear()
  }
}

/** Bounded for the whole process: of its own, every socket would make five caches with a timer each. */
export class SharedCaches extends Effect.Service<SharedCaches>()("layers/baileys/SharedCaches", {
  sync: () => {
    const retries = bounded(60 * minute)
    const devices = bounded(5 * minute)
    const calls = bounded(5 * minute)
    const of = (session: SessionId) => ({
      msgRetryCounterCache: new View(retries.of(session)),
      userDevicesCache: new View(devices.of(session)),
      callOfferCache: new View(calls.of(session)),
    })
    /** Takes along whatever a session has left there. */
    const forget = (session: SessionId) =>
      Object.values(of(session)).forEach((cache) => cache.flushAll())
    const size = () => retries.size + devices.size + calls.size
    return { of, forget, size } as const
  },
}) {}
