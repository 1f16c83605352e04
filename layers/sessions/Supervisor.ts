import { Cause, Context, Effect, FiberMap, FiberRef, HashMap, Metric, Queue } from "effect"
import type { SessionId } from "../../src/domain/Session.ts"
import { SessionMeters } from "../metrics/SessionMeters.ts"
import { carryOutBackfill } from "./Backfills.ts"
import { Connector } from "./Connector.ts"
import { CurrentFence } from "./CurrentFence.ts"
import { takeLeave } from "./Farewell.ts"
import { LeaseLost } from "./LeaseLost.ts"
import type { Membership, Order, PairingRequest } from "./Leases.ts"
import type { RunningSession } from "./RunningSession.ts"
import { persistently } from "./Persistence.ts"
import { type LoopOptions, runSession } from "./SessionLoop.ts"
import { SessionRows } from "./SessionRows.ts"

/** Sessions taken from the free ones at a time, so that several processes share them. */
const takenAtOnce = 20

const takeovers = Metric.counter("whatsapp_lease_takeovers", {
  description: "sessions that this process took over after somebody had run them before",
  incremental: true,
})

/** How long a session that broke down keeps its place: it would break down again. */
const brokenFor = "5 seconds"

/**
 * Makes what this process runs what its orders say. Closing the scope ends every socket, and leaves
 * rows and leases as they are: whoever comes next finds the sessions still wanted.
 *
 * What it makes looks at the orders once, and tells whether there are likely to be more.
 */
export const makeSupervisor = Effect.fnUntraced(function* (
  membership: Membership,
  running: Map<SessionId, RunningSession>,
  options: LoopOptions,
) {
  const rows = yield* SessionRows
  const connector = yield* Connector
  const carriers = yield* FiberMap.make<SessionId>()
  // By run and not by session, which may have been given away and taken again meanwhile.
  const sockets = yield* FiberMap.make<RunningSession>()
  const backfills = yield* FiberMap.make<RunningSession>()

  const meters = yield* SessionMeters

  const gone = (one: RunningSession) =>
    Effect.sync(() => {
      if (running.get(one.session) === one) running.delete(one.session)
    })

  const ended = (cause: Cause.Cause<unknown>) => {
    if (Cause.isInterruptedOnly(cause)) return Effect.interrupt
    if (Cause.squash(cause) instanceof LeaseLost)
      return Effect.logWarning("another process has the session")
    return Effect.zipRight(Effect.logError("a session broke down", cause), Effect.sleep(brokenFor))
  }

  const run = Effect.fnUntraced(function* (one: RunningSession) {
    yield* inFiber(one)
    const meter = meters.open(one.organization, one.session)
    meter.waiting = () => one.connection?.waiting() ?? 0
    yield* runSession(one, options).pipe(
      Effect.zipRight(Effect.suspend(() => membership.release(one.lease))),
      Effect.catchAllCause(ended),
      Effect.ensuring(
        Effect.suspend(() => {
          meters.close(one.session, meter)
          return gone(one)
        }),
      ),
    )
  })

  const launch = Effect.fnUntraced(function* (order: Order) {
    const { organization, revision, session } = order
    const pairings = yield* Queue.unbounded<PairingRequest>()
    const one: RunningSession = {
      organization,
      session,
      lease: order,
      revision,
      code: undefined,
      pairings,
      connection: undefined,
      asked: undefined,
      backfilling: undefined,
    }
    running.set(session, one)
    if (order.fence !== null && order.fence > 1) yield* Metric.increment(takeovers)
    yield* FiberMap.run(sockets, one, run(one))
    return one
  })

  /** Returns once its socket is gone. */
  const end = (one: RunningSession) =>
    FiberMap.remove(backfills, one).pipe(
      Effect.zipRight(FiberMap.remove(sockets, one)),
      Effect.zipRight(gone(one)),
    )

  const endOf = (session: SessionId) =>
    Effect.suspend(() => {
      const one = running.get(session)
      return one === undefined ? Effect.void : end(one)
    })

  /** One that has come to be logged out meanwhile is at rest as well, and says why. */
  const settle = (order: Order) =>
    rows
      .enter(order, { status: "stopped", unless: "logged_out" })
      .pipe(Effect.zipRight(membership.release(order)))

  const logOut = Effect.fnUntraced(function* (order: Order) {
    const { organization, session } = order
    const current = running.get(session)?.connection
    // One that is about to connect again would meet the farewell's own connection.
    if (current === undefined) yield* endOf(session)
    yield* takeLeave(order, current)
    yield* endOf(session)
    yield* persistently(session)(connector.forget(organization, session))
    yield* rows.enter(order, { status: "logged_out" })
    yield* membership.release(order)
  })

  const backfill = (one: RunningSession, { backfill: id }: Order) => {
    if (id === null || id === one.backfilling) return Effect.void
    one.backfilling = id
    return FiberMap.run(backfills, one, Effect.ignoreLogged(carryOutBackfill(one, id)))
  }

  const carryOut = Effect.fnUntraced(
    function* (order: Order) {
      const found = running.get(order.session)
      switch (order.desired) {
        case "running": {
          const isSame = found !== undefined && isRunBy(found, order)
          if (!isSame) yield* endOf(order.session)
          const one = isSame ? found : yield* launch(order)
          passOn(one, order)
          return yield* backfill(one, order)
        }
        case "stopped":
          yield* endOf(order.session)
          return yield* settle(order)
        case "logged_out":
          return yield* logOut(order)
      }
    },
    Effect.catchTag("LeaseLost", () => Effect.void),
    Effect.catchAllCause((cause) => Effect.logError("an order was not carried out", cause)),
    (carried, order) => Effect.provideService(carried, CurrentFence, order.fence),
  )

  /** Orders come again and again. */
  const isCarriedOut = (order: Order) => {
    const { backfill, desired, pairing, session } = order
    const one = running.get(session)
    if (one === undefined || desired !== "running" || !isRunBy(one, order)) return false
    return (
      (pairing === null || pairing.id === one.asked) &&
      (backfill === null || backfill === one.backfilling)
    )
  }

  return Effect.gen(function* () {
    const orders = yield* membership.orders(takenAtOnce)
    const fences = new Map(orders.map(({ fence, session }) => [session, fence]))
    for (const one of running.values())
      if (fences.get(one.session) !== one.lease.fence) yield* Effect.forkDaemon(end(one))
    const open = orders.filter((order) => !isCarriedOut(order))
    yield* Effect.forEach(
      open,
      (order) => FiberMap.run(carriers, order.session, carryOut(order), { onlyIfMissing: true }),
      { discard: true },
    )
    return open.length >= takenAtOnce
  })
})

/**
 * Says whose the fiber is, which does nothing else. Said around an effect it would lie on the fiber's
 * stack for as long as the session runs, in several frames of a kilobyte.
 */
const inFiber = ({ lease, session }: RunningSession) =>
  Effect.zipRight(
    FiberRef.update(FiberRef.currentLogAnnotations, HashMap.set("session", session as unknown)),
    FiberRef.update(FiberRef.currentContext, Context.add(CurrentFence, lease.fence)),
  )

const isRunBy = ({ lease, revision }: RunningSession, order: Order) =>
  lease.fence === order.fence && revision === order.revision

/** Each request once, however often the order repeats it. */
const passOn = (one: RunningSession, { pairing }: Order) => {
  if (pairing === null || pairing.id === one.asked) return
  one.asked = pairing.id
  one.pairings.unsafeOffer(pairing)
}
