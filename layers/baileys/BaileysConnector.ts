import { Clock, Context, Effect, Layer, Queue, Scope } from "effect"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId } from "../../src/domain/Session.ts"
import { Sightings } from "../../src/ports/Sightings.ts"
import { Tenancy } from "../../src/ports/Tenancy.ts"
import { type Connection, Connector, type Update } from "../sessions/Connector.ts"
import { fetchAddressBook, readAddressBook } from "./AddressBook.ts"
import { atEnd } from "./AtEnd.ts"
import { type AuthState, makeAuthState } from "./AuthState.ts"
import { call, type CallFailure } from "./Call.ts"
import { mappingSeen } from "./ContactSighting.ts"
import { Credentials, isPaired } from "./Credentials.ts"
import { eventSightings } from "./EventSightings.ts"
import { makeGroupFeed } from "./GroupFeed.ts"
import { followGroups } from "./GroupHints.ts"
import { keepReconciled } from "./GroupReconciliation.ts"
import { followRequests } from "./GroupRequests.ts"
import { keepHeartbeat } from "./Heartbeat.ts"
import { makeDrain } from "./inbox/Drain.ts"
import { InboxRows } from "./inbox/InboxRows.ts"
import { makeIngest } from "./Ingest.ts"
import { boundIntake } from "./Intake.ts"
import { storeBeforeSending } from "./LinkingOrder.ts"
import { onDemand } from "./OnDemand.ts"
import { pairByPhone } from "./PairByPhone.ts"
import { prove } from "./Proof.ts"
import { QueryBudgets } from "./QueryBudgets.ts"
import { QuietConsole } from "./QuietConsole.ts"
import { SentMessages } from "./SentMessages.ts"
import { SharedCaches } from "./SharedCaches.ts"
import { SignalKeys } from "./SignalKeys.ts"
import { cut, openSocket, type Socket, type SocketEvents } from "./Socket.ts"
import { SocketSettings } from "./SocketSettings.ts"
import { type LiveSocket, Sockets } from "./Sockets.ts"
import { linkingTime, makeSocketUpdates } from "./SocketUpdates.ts"
import { StrayRejections } from "./StrayRejections.ts"
import type { AuthenticationCreds, BinaryNode } from "./Vendor.ts"

const connect = Effect.fnUntraced(function* (organization: OrganizationId, session: SessionId) {
  const settings = yield* SocketSettings
  const { qrTimeout, heartbeat = 29_000 } = settings
  const began = yield* Clock.currentTimeMillis
  const updates = yield* Queue.unbounded<Update>()
  const ingest = yield* makeIngest(organization, session)
  const state: AuthState = yield* makeAuthState(organization, session, {
    onMappings: (pairs) => ingest.offer(pairs.flatMap((pair) => mappingSeen(pair) ?? [])),
    onReceived: () => drain.wake(),
    onLost: () => void cut(socket.library),
  })
  const drain = yield* makeDrain(organization, session, () => recipientOf(state.auth.creds))
  const updatesIn = makeSocketUpdates(qrTimeout)
  const readBook = yield* onDemand(
    Effect.suspend(() => Effect.ignoreLogged(fetchAddressBook(socket))),
  )
  const socket: Socket = yield* openSocket(organization, session, state, (events, socket) => {
    if (events["creds.update"] !== undefined) state.save()
    ingest.offer(eventSightings(events))
    updatesIn(events, socket).forEach((update) => updates.unsafeOffer(update))
    if (events["connection.update"]?.connection === "open") drain.follow(socket.library)
    if (mayHaveAddressBook(events)) readBook()
  })
  const isLinked = isPaired(state.auth.creds)
  if (!isLinked) storeBeforeSending(socket.library, state.saved)
  const feed = yield* makeGroupFeed(socket)
  const hints = { ...(yield* followGroups(socket, feed)), ...(yield* followRequests(socket, feed)) }
  const groups = { ...feed, ...hints }
  yield* keepReconciled(groups, state, settings)
  // Held back for an answer that is still on the line: stopped for it, the line would never bring it.
  const intake = yield* boundIntake(socket.library, () => ingest.letIn() + socket.waiting())
  const { lastTrafficAt } = yield* keepHeartbeat(socket, heartbeat, intake)
  yield* register({ socket, groups })
  const scope = yield* Effect.scope

  const connection: Connection = {
    isLinked,
    updates,
    prove: Effect.suspend(() =>
      Effect.mapError(Scope.extend(prove(socket, groups, ingest, state), scope), textOf),
    ),
    backfill: Effect.suspend(() =>
      socket.budget.spend.pipe(
        Effect.zipRight(Effect.mapError(groups.syncAll, textOf)),
        Effect.zipLeft(Effect.ignoreLogged(readAddressBook(socket))),
      ),
    ),
    logOut: Effect.suspend(() => Effect.isSuccess(call(socket, removal(socket), "3 seconds"))),
    pairByPhone: (phone) => pairByPhone(socket, phone, began + linkingTime(qrTimeout)),
    hangUp: () => void cut(socket.library),
    lastTrafficAt,
    waiting: () => ingest.waiting() + socket.waiting(),
  }
  return connection
})

/** Ends with the socket, and never takes away the one that came after it. */
const register = Effect.fnUntraced(function* (live: LiveSocket) {
  const sockets = yield* Sockets
  const { socket } = live
  socket.library.ev.on("connection.update", ({ connection }) => {
    if (connection === "open") sockets.put(live)
    if (connection === "close") sockets.remove(socket)
  })
  yield* atEnd(Effect.sync(() => sockets.remove(socket)))
})

/** The key to it has come, or came on an earlier connection that was lost too soon. */
const mayHaveAddressBook = (events: SocketEvents) =>
  events["creds.update"]?.myAppStateKeyId !== undefined ||
  events["connection.update"]?.connection === "open"

const recipientOf = ({ me }: AuthenticationCreds) => me && { id: me.id, lid: me.lid }

const removal = ({ library }: Socket): BinaryNode => ({
  tag: "iq",
  attrs: { to: "s.whatsapp.net", type: "set", xmlns: "md" },
  content: [
    {
      tag: "remove-companion-device",
      attrs: { jid: library.user?.id ?? "", reason: "user_initiated" },
    },
  ],
})

const textOf = (failure: CallFailure) =>
  failure._tag === "Refusal" ? `${failure.code} ${failure.text}` : failure.message

type Needs =
  | Credentials
  | InboxRows
  | QueryBudgets
  | SentMessages
  | SharedCaches
  | Sightings
  | SignalKeys
  | Sockets
  | SocketSettings
  | Tenancy

/** Connects sessions to WhatsApp through Baileys. */
export const BaileysConnector = Layer.effect(
  Connector,
  Effect.gen(function* () {
    const credentials = yield* Credentials
    // Not the whole context: a connection has to find its own scope, never the one of this layer.
    const needs = Context.pick(
      Credentials,
      InboxRows,
      QueryBudgets,
      SentMessages,
      SharedCaches,
      Sightings,
      SignalKeys,
      Sockets,
      SocketSettings,
      Tenancy,
    )(yield* Effect.context<Needs>())
    return {
      connect: (organization, session) =>
        connect(organization, session).pipe(Effect.provide(needs)),
      isPaired: (organization, session) =>
        Effect.map(credentials.find(organization, session), (found) => found !== undefined),
      forget: credentials.forget,
    }
  }),
).pipe(
  Layer.provide([
    Credentials.Default,
    InboxRows.Default,
    QueryBudgets.Default,
    SignalKeys.Default,
    SentMessages.Default,
    SharedCaches.Default,
  ]),
  Layer.provide([QuietConsole, StrayRejections.Default]),
)
