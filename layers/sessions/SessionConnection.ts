import { Cause, Effect, Option, Queue, Scope } from "effect"
import { type Account, type Closed, type Connection, Connector, type Update } from "./Connector.ts"
import { LeaseLost } from "./LeaseLost.ts"
import type { Pace } from "./Pace.ts"
import { answerPairings } from "./PairingRequests.ts"
import type { RunningSession } from "./RunningSession.ts"
import { SessionRows } from "./SessionRows.ts"

type Standing = "under_way" | Closed

/** Within it a connection shows a code, or is logged in, or has ended. */
const loginDeadline = "40 seconds"

/** Within it WhatsApp ends the connection on which a phone has linked the session. */
const linkingDeadline = "30 seconds"

/** Runs one connection to its end, with the row true to what the connector says. */
export const runConnection = (running: RunningSession, pace: Pace) =>
  Effect.flatMap(Scope.make(), (scope) =>
    // Only the login needs the scope around it: whatever is, lies on the stack of every idle session.
    Effect.onExit(connected(running, pace, scope), (exit) =>
      Effect.ensuring(Scope.close(scope, exit), dropped(running)),
    ),
  ).pipe(
    Effect.catchAllCause((cause) => {
      if (Cause.isInterrupted(cause)) return Effect.interrupt
      const failed = Cause.squash(cause)
      if (failed instanceof LeaseLost) return failed
      return Effect.as(Effect.logError("a connection broke down", cause), brokenDown)
    }),
  )

const connected = Effect.fnUntraced(function* (
  running: RunningSession,
  pace: Pace,
  scope: Scope.Scope,
) {
  const { connection, first } = yield* pace(Scope.extend(logIn(running), scope))
  const standing = yield* advance(running, connection, first)
  return isClosed(standing) ? standing : yield* follow(running, connection)
})

/** What comes after its first word has deadlines of its own, and keeps nobody else from logging in. */
const logIn = Effect.fnUntraced(function* (running: RunningSession) {
  const connector = yield* Connector
  const connection = yield* connector.connect(running.organization, running.session)
  running.connection = connection
  if (!connection.isLinked) yield* Effect.forkScoped(answerPairings(running, connection))
  const first = yield* Effect.timeoutTo(Queue.take(connection.updates), {
    duration: loginDeadline,
    onSuccess: (update): Update => update,
    onTimeout: (): Update => lost("the login took too long"),
  })
  return { connection, first }
})

const follow = Effect.fnUntraced(function* (running: RunningSession, connection: Connection) {
  while (true) {
    const standing = yield* advance(running, connection, yield* Queue.take(connection.updates))
    if (isClosed(standing)) return standing
  }
})

const advance = Effect.fnUntraced(function* (
  running: RunningSession,
  connection: Connection,
  update: Update,
): Effect.fn.Return<Standing, LeaseLost, SessionRows> {
  const { lease } = running
  const rows = yield* SessionRows
  running.code = update._tag === "Qr" ? update : undefined
  switch (update._tag) {
    case "Qr":
      yield* rows.shown(lease, update)
      return "under_way"
    case "Paired":
      yield* rows.enter(lease, { status: "starting" })
      return yield* endOfLinking(connection)
    case "Open":
      return yield* prove(running, connection, update.account)
    case "Closed":
      return update
  }
})

/**
 * WhatsApp ends the connection next, or has frozen: the library would go on showing codes that nobody
 * is to scan, and end as if nobody had.
 */
const endOfLinking = ({ updates }: Connection) =>
  Queue.take(updates).pipe(
    Effect.repeat({ until: isClosed }),
    Effect.timeoutTo({
      duration: linkingDeadline,
      onSuccess: (closed): Standing => (closed.reason === "unscanned" ? restart : closed),
      onTimeout: (): Standing => restart,
    }),
  )

/** An open connection is only believed to work once it has answered something. */
const prove = Effect.fnUntraced(function* (
  { lease }: RunningSession,
  connection: Connection,
  account: Account,
): Effect.fn.Return<Standing, LeaseLost, SessionRows> {
  const rows = yield* SessionRows
  const failed = yield* Effect.flip(connection.prove).pipe(Effect.option)
  if (Option.isNone(failed)) {
    yield* rows.enter(lease, { status: "working", account })
    return "under_way"
  }
  yield* rows.linked(lease, account)
  // Closed itself it says more about why; silent it is as good as lost.
  return yield* Queue.take(connection.updates).pipe(
    Effect.repeat({ until: isClosed }),
    Effect.timeoutTo({
      duration: "1 second",
      onSuccess: (closed): Standing => closed,
      onTimeout: (): Standing => lost(`it does not answer: ${failed.value}`),
    }),
  )
})

const dropped = (running: RunningSession) =>
  Effect.sync(() => {
    running.connection = undefined
    running.code = undefined
  })

const lost = (text: string): Closed => ({ _tag: "Closed", reason: "lost", code: 500, text })

const brokenDown = lost("broken down")

const restart: Closed = { ...lost("linked, and not let in by this connection"), reason: "restart" }

const isClosed = (standing: Standing | { readonly _tag: string }): standing is Closed =>
  typeof standing === "object" && standing._tag === "Closed"
