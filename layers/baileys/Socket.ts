import { Deferred, Effect, Runtime } from "effect"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId } from "../../src/domain/Session.ts"
import { type Meter, SessionMeters } from "../metrics/SessionMeters.ts"
import type { Closed } from "../sessions/Connector.ts"
import { atEnd } from "./AtEnd.ts"
import { closedBy, turnedAway } from "./Disconnect.ts"
import { guardListeners } from "./GuardedListeners.ts"
import { makeInbox, type InboxStore } from "./inbox/Inbox.ts"
import type { QueryBudget } from "./QueryBudget.ts"
import { QueryBudgets } from "./QueryBudgets.ts"
import { runtimeHere } from "./RuntimeHere.ts"
import { SharedCaches } from "./SharedCaches.ts"
import { socketConfig } from "./SocketConfig.ts"
import {
  type BaileysEventMap,
  makeWASocket,
  type UserFacingSocketConfig,
  type WASocket,
} from "./Vendor.ts"

/** One connection of the library, of which nothing outlives its scope. */
export interface Socket {
  readonly organization: OrganizationId
  readonly session: SessionId
  readonly library: WASocket
  /** Logged in, and not closed since. */
  readonly isOpen: () => boolean
  readonly closed: Deferred.Deferred<Closed>
  readonly budget: QueryBudget
  readonly meter: Meter
  /** How many stanzas have come that nothing was done about yet. */
  readonly waiting: () => number
}

/** What a socket lives on. */
export interface SocketState {
  readonly auth: UserFacingSocketConfig["auth"]
  readonly inbox: InboxStore
}

export type SocketEvents = Partial<BaileysEventMap>

/**
 * Opens a socket, stores what it receives before it is receipted, and hears all it says until it has closed, and nothing after that. Closing the
 * scope cuts the line at once; the library's own way waits half a minute for a dead peer.
 */
export const openSocket = Effect.fnUntraced(function* (
  organization: OrganizationId,
  session: SessionId,
  state: SocketState,
  onEvents: (events: SocketEvents, socket: Socket) => void,
) {
  const meter = (yield* SessionMeters).of(organization, session)
  const inbox = makeInbox(state.inbox, {
    onLost: () => void cut(library),
    onUndecryptable: () => void (meter.undecryptable += 1),
  })
  const caches = yield* SharedCaches
  yield* atEnd(Effect.sync(() => caches.forget(session)))
  const config = yield* socketConfig(organization, session, state.auth, inbox.makeSignalRepository)
  const closed = yield* Deferred.make<Closed>()
  const runFork = Runtime.runFork(yield* runtimeHere)
  const stray = (reason: unknown) =>
    void runFork(Effect.logDebug("a listener of the library rejected", String(reason)))

  const library: WASocket = yield* Effect.sync(() => makeWASocket(config)).pipe(
    Effect.tap((library) => atEnd(Effect.promise(() => cut(library)))),
    Effect.uninterruptible,
  )
  let phase: "opening" | "open" | "closed" = "opening"
  const socket: Socket = {
    organization,
    session,
    library,
    closed,
    budget: yield* (yield* QueryBudgets).of(session),
    meter,
    isOpen: () => phase === "open",
    waiting: inbox.waiting,
  }
  guardListeners(library, stray)
  // By listening to it the library makes it its own business, and then leaves it at that.
  library.ws.on("unexpected-response", (_request, response: { readonly statusCode: number }) => {
    void cut(library, turnedAway(response.statusCode))
  })
  library.ws.on("CB:message", () => void (meter.received += 1))
  inbox.attach(library)
  library.ev.process((events) => {
    const update = events["connection.update"]
    if (phase !== "closed" && update?.connection === "open") phase = "open"
    if (phase === "closed" || update?.connection !== "close") return onEvents(events, socket)
    // What is still buffered has been receipted: after this it would be thrown away.
    library.ev.flush()
    phase = "closed"
    abandonQueries(library)
    Deferred.unsafeDone(closed, Effect.succeed(closedBy(update.lastDisconnect?.error)))
    onEvents(events, socket)
  })
  return socket
})

/** Ends the socket without waiting for the other side to say goodbye. */
export const cut = async ({ end, ws }: WASocket, reason?: Error) => {
  // Protected, and the only way to it.
  const line: unknown = Reflect.get(ws, "socket")
  if (isLine(line)) line.terminate()
  await end(reason)
}

// Ending takes away the listeners that pending queries wait with: they would hang for a minute, and
// then succeed. Only the one for errors is left to them, and to those that are asked too late.
const abandonQueries = ({ ws }: WASocket) => {
  const closed = new Error("the socket has closed")
  ws.on("newListener", (event, listener: (error: Error) => void) => {
    if (event === "error") queueMicrotask(() => listener(closed))
  })
  ws.emit("error", closed)
}

const isLine = (line: unknown): line is { readonly terminate: () => void } =>
  typeof line === "object" && line !== null && "terminate" in line
