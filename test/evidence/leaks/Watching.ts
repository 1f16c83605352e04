import { EventEmitter } from "node:events"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { mappings } from "../../../layers/baileys/SignalRepository.ts"
import { SharedEntries } from "../../../layers/baileys/SharedEntries.ts"

const caches = new Set<{ readonly size: number }>()
const { of } = SharedEntries.prototype
SharedEntries.prototype.of = function (owner) {
  if (this !== (mappings as never)) caches.add(this)
  return of.call(this, owner)
}

/** Entries of all caches that the sockets of the process share. */
export const cached = () => [...caches].reduce((sum, { size }) => sum + size, 0)

/** Of each socket of the library, what all its events go through; held weakly, as sockets come and go. */
const emitters = new Set<WeakRef<EventEmitter>>()
const known = new WeakSet<EventEmitter>()
/** Each connection of the library, with all who wait for something on it. */
const connections = new Set<WeakRef<EventEmitter>>()
const { on } = EventEmitter.prototype
EventEmitter.prototype.on = function (event: string | symbol, listener) {
  if (String(event).startsWith("CB:") && !known.has(this)) {
    known.add(this)
    connections.add(new WeakRef(this))
  }
  if (event === "connection.update" && !known.has(this)) {
    known.add(this)
    emitters.add(new WeakRef(this))
  }
  return on.call(this, event, listener)
}

/** Who listens to sockets of the library, whether those are open or not. */
export const libraryListeners = () => {
  let count = 0
  for (const reference of emitters) {
    const emitter = reference.deref()
    if (emitter === undefined) emitters.delete(reference)
    else for (const event of emitter.eventNames()) count += emitter.listenerCount(event)
  }
  return count
}

setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void

/** Connections of the library that somebody still holds, whether those are open or not. */
export const libraryConnections = () => {
  collect()
  for (const reference of connections)
    if (reference.deref() === undefined) connections.delete(reference)
  return connections.size
}
