import asyncHooks from "node:async_hooks"
import { syncBuiltinESMExports } from "node:module"

const Native = asyncHooks.AsyncLocalStorage
const root = new Native<ReadonlyMap<object, unknown>>()

/**
 * Many storages over one real instance. Baileys makes one per socket and never disables it, and
 * before Node 24 every live instance costs each promise and timer of the process one more property.
 */
export class SharedAsyncLocalStorage<Store> {
  static readonly bind = Native.bind
  static readonly snapshot = Native.snapshot

  getStore(): Store | undefined {
    return root.getStore()?.get(this) as Store | undefined
  }

  run<Result, Args extends ReadonlyArray<unknown>>(
    store: Store | undefined,
    callback: (...args: Args) => Result,
    ...args: Args
  ): Result {
    return root.run(this.with(store), callback, ...args)
  }

  exit<Result, Args extends ReadonlyArray<unknown>>(
    callback: (...args: Args) => Result,
    ...args: Args
  ): Result {
    return this.run(undefined, callback, ...args)
  }

  enterWith(store: Store | undefined): void {
    root.enterWith(this.with(store))
  }

  disable(): void {
    if (root.getStore()?.has(this) === true) this.enterWith(undefined)
  }

  private with(store: Store | undefined): ReadonlyMap<object, unknown> {
    const stores = new Map(root.getStore())
    if (store === undefined) stores.delete(this)
    else stores.set(this, store)
    return stores
  }
}

const major = Number(process.versions.node.split(".")[0])
if (major < 24) {
  Object.assign(asyncHooks, { AsyncLocalStorage: SharedAsyncLocalStorage })
  syncBuiltinESMExports()
}
