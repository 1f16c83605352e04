import { LRUCache } from "lru-cache"

/** What one owner sees of entries that many share. */
export interface OwnEntries<V> {
  readonly get: (key: string) => V | undefined
  readonly set: (key: string, value: V) => void
  readonly delete: (key: string) => void
  /** All of its own. */
  readonly clear: () => void
}

/**
 * One bound for the entries of many owners. An owner's are taken away without a look at those of the
 * others: of two hundred connections that end at once, each would otherwise look through all.
 */
export class SharedEntries<V extends NonNullable<unknown>> {
  readonly #keys = new Map<string, Set<string>>()
  readonly #entries: LRUCache<string, V>

  constructor(limits: { readonly max: number; readonly ttl?: number }) {
    this.#entries = new LRUCache<string, V>({
      ...limits,
      noDisposeOnSet: true,
      dispose: (_, key) => this.#forget(key),
    })
  }

  get size() {
    return this.#entries.size
  }

  get max() {
    return this.#entries.max
  }

  /** How many have any. */
  get owners() {
    return this.#keys.size
  }

  /** An owner's name has no colon. */
  of(owner: string): OwnEntries<V> {
    const full = (key: string) => `${owner}:${key}`
    return {
      get: (key) => this.#entries.get(full(key)),
      set: (key, value) => this.#set(owner, full(key), value),
      delete: (key) => void this.#entries.delete(full(key)),
      clear: () => this.#keys.get(owner)?.forEach((key) => this.#entries.delete(key)),
    }
  }

  #set(owner: string, key: string, value: V) {
    const keys = this.#keys.get(owner) ?? new Set()
    this.#keys.set(owner, keys.add(key))
    this.#entries.set(key, value)
  }

  #forget(key: string) {
    const owner = key.slice(0, key.indexOf(":"))
    const keys = this.#keys.get(owner)
    keys?.delete(key)
    if (keys?.size === 0) this.#keys.delete(owner)
  }
}
