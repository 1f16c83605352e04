import { Clock, Duration, Effect, Random } from "effect"
import { SessionMeters } from "../metrics/SessionMeters.ts"
import { errorOf } from "./Advice.ts"
import { type Closed, Connector } from "./Connector.ts"
import type { Pace } from "./Pace.ts"
import { persistently } from "./Persistence.ts"
import { type afterClose, type Backoff, type Next } from "./Reconnect.ts"
import type { RunningSession } from "./RunningSession.ts"
import { runConnection } from "./SessionConnection.ts"
import { SessionRows } from "./SessionRows.ts"

export interface LoopOptions {
  readonly backoff: Backoff
  readonly pace: Pace
  readonly policy: typeof afterClose
}

/** A connection that lasted this long has earned a fresh start; milliseconds. */
const steady = 60_000

/** Keeps one session connected until it comes to rest. Interrupting it ends its socket. */
export const runSession = Effect.fnUntraced(function* (
  running: RunningSession,
  { backoff, pace, policy }: LoopOptions,
) {
  const rows = yield* SessionRows
  const meter = (yield* SessionMeters).of(running.organization, running.session)
  yield* rows.begin(running.lease)
  let failures = 0
  while (true) {
    const started = yield* Clock.currentTimeMillis
    const closed = yield* runConnection(running, pace)
    const now = yield* Clock.currentTimeMillis
    failures = now - started > steady ? 1 : failures + 1
    meter.closes.set(closed.reason, (meter.closes.get(closed.reason) ?? 0) + 1)
    const next = policy(closed, failures, yield* Random.next, backoff)
    yield* Effect.logInfo("a connection ended", closed.reason, closed.code, closed.text, next._tag)
    if (next._tag === "Rest") return yield* rest(running, closed, next, now)
    meter.reconnects += 1
    yield* wait(running, closed, next, now)
  }
})

const wait = Effect.fnUntraced(function* (
  { lease }: RunningSession,
  closed: Closed,
  { after, status }: Next & { readonly _tag: "Again" },
  now: number,
) {
  const rows = yield* SessionRows
  // Part of every linking, and nothing anybody has to hear of.
  if (closed.reason === "restart" && Duration.equals(after, Duration.zero))
    return yield* rows.enter(lease, { status })
  const nextAttemptAt = Math.round(now + Duration.toMillis(after))
  yield* rows.enter(lease, { status, error: errorOf(closed, now), nextAttemptAt })
  yield* Effect.sleep(after)
})

const rest = Effect.fnUntraced(function* (
  { lease, organization, session }: RunningSession,
  closed: Closed,
  { forget, retryAfterMillis, retryAtStart, status, wanted }: Next & { readonly _tag: "Rest" },
  now: number,
) {
  const rows = yield* SessionRows
  const connector = yield* Connector
  // First: whatever comes in between, one that is logged out has nothing left to log in with.
  if (forget) yield* persistently(session)(connector.forget(organization, session))
  yield* rows.enter(lease, {
    status,
    error: errorOf(closed, now),
    unwanted: !wanted,
    retryAtStart,
    ...(retryAfterMillis === undefined ? {} : { nextAttemptAt: now + retryAfterMillis }),
  })
})
