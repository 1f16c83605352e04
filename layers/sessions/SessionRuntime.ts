import { Cause, Deferred, Effect, Exit, Queue, Schedule, Scope } from "effect"
import type { SessionId } from "../../src/domain/Session.ts"
import { Leases } from "./Leases.ts"
import { makePace, type PaceOptions } from "./Pace.ts"
import { afterClose, type Backoff, defaultBackoff } from "./Reconnect.ts"
import type { RunningSession } from "./RunningSession.ts"
import { SessionRepo } from "./SessionRepo.ts"
import { SessionRows } from "./SessionRows.ts"
import { makeSupervisor } from "./Supervisor.ts"

export interface SessionRuntimeOptions {
  readonly backoff?: Backoff
  readonly pace?: PaceOptions
  /** What is done once a connection has ended. */
  readonly policy?: typeof afterClose
}

/** How often it looks at what is wanted; the process that changes it does not wait. */
const lookEvery = "1 second"
/** How often while there are more sessions to take: other processes take theirs in between. */
const takeEvery = "250 millis"

/**
 * Makes every session's socket what its row says it should be, after a crash, a restart or an outage
 * of the database as well as in between. Nothing that is asked of it has to be asked twice.
 */
export class SessionRuntime extends Effect.Service<SessionRuntime>()(
  "layers/sessions/SessionRuntime",
  {
    scoped: Effect.fnUntraced(function* ({
      backoff = defaultBackoff,
      pace: paceOptions,
      policy = afterClose,
    }: SessionRuntimeOptions) {
      const repo = yield* SessionRepo
      const rows = yield* SessionRows
      const leases = yield* Leases
      const lifetime = yield* Effect.scope
      const running = new Map<SessionId, RunningSession>()
      const pace = yield* makePace(paceOptions)
      const pokes = yield* Queue.sliding<void>(1)

      const supervise = Effect.gen(function* () {
        const membership = yield* leases.join
        const look = yield* makeSupervisor(membership, running, { backoff, pace, policy })
        const looking = look.pipe(
          Effect.catchAllCause((cause) =>
            Effect.as(
              Effect.logWarning("sessions were not looked at", String(Cause.squash(cause))),
              false,
            ),
          ),
          Effect.flatMap((isMore) =>
            Effect.timeoutOption(Queue.take(pokes), isMore ? takeEvery : lookEvery),
          ),
          Effect.forever,
        )
        yield* Effect.raceFirst(Effect.disconnect(looking), Deferred.await(membership.ended))
      })

      /** One membership, and nothing that was held by it: what is under way has until it is done. */
      const keep = Effect.gen(function* () {
        const scope = yield* Scope.make()
        yield* supervise.pipe(
          Scope.extend(scope),
          Effect.catchAllCause((cause) => Effect.logError("sessions are kept no longer", cause)),
          Effect.onInterrupt(() => Scope.close(scope, Exit.void)),
        )
        for (const { connection } of running.values()) connection?.hangUp()
        running.clear()
        yield* Effect.forkIn(Scope.close(scope, Exit.void), lifetime)
        yield* Effect.sleep("200 millis")
      })

      const heard = Effect.suspend(() =>
        rows.sawTraffic(
          [...running.values()].map(({ connection, session }) => ({
            session,
            at: connection?.lastTrafficAt(),
            waiting: connection?.waiting() ?? 0,
          })),
        ),
      )

      yield* Effect.ignoreLogged(repo.retryFailed)
      yield* Effect.forkScoped(Effect.forever(keep))
      yield* Effect.forkScoped(Effect.schedule(heard, Schedule.spaced("30 seconds")))
      return {
        /** Looks at once at what is wanted. */
        poke: Queue.offer(pokes, undefined).pipe(Effect.asVoid),
        find: (session: SessionId) => running.get(session),
        all: (): ReadonlyArray<RunningSession> => [...running.values()],
      } as const
    }),
  },
) {}
