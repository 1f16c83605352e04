import { LRUCache } from "lru-cache"

/** What one owner sees of entries that many share. */
export interface OwnEntries<V> {
  get(key: string): V | undefined
  set(key: string, value: V): void
  delete(key: string): void
  /** All of its own. */
  clear(): void
}

class View<V extends NonNullable<unknown>> implements OwnEntries<V> {
  readonly #all: SharedEntries<V>
  readonly #owner: string

  constructor(all: SharedEntries<V>, owner: string) {
    this.#all = all
    this.#owner = owner
  }

  get(key: string) {
    return this.#all.get(this.#owner, key)
  }

  set(key: string, value: V) {
    this.#all.set(this.#owner, key, value)
  }

  delete(key: string) {
    this.#all.delete(this.#owner, key)
  }

  clear() {
    this.#all.clear(this.#owner)
  }
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
    return new View(this, owner)
  }

  get(owner: string, key: string): V | undefined {
    return this.#entries.get(`${owner}:${key}`)
  }

  set(owner: string, key: string, value: V): void {
    const full = `${owner}:${key}`
    const keys = this.#keys.get(owner) ?? new Set()
    this.#keys.set(owner, keys.add(full))
    this.#entries.set(full, value)
  }

  delete(owner: string, key: string): void {
    this.#entries.delete(`${owner}:${key}`)
  }

  clear(owner: string): void {
    this.#keys.get(owner)?.forEach((key) => this.#entries.delete(key))
  }

  #forget(key: string) {
    const owner = key.slice(0, key.indexOf(":"))
    const keys = this.#keys.get(owner)
    keys?.delete(key)
    if (keys?.size === 0) this.#keys.delete(owner)
  }
}
