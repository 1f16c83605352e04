import { type HttpApp, HttpServerResponse } from "@effect/platform"
import { Context, Deferred, Effect, Layer, Schedule } from "effect"
import { answer } from "./Answer.ts"

/** How the server leaves: whoever is being answered is answered, nobody new is let in. */
export class Drain extends Context.Tag("layers/http/Drain")<
  Drain,
  {
    readonly draining: () => boolean
    /** Resolves once leaving has begun; long streams end on it. */
    readonly begun: Effect.Effect<void>
    /** Lets nobody in any more and waits, at most `patience`, for those inside. */
    readonly leave: Effect.Effect<void>
    /** Whether somebody is still let in; whoever is says `exit` once they are answered. */
    readonly enter: () => boolean
    readonly exit: () => void
    readonly guard: <E, R>(app: HttpApp.Default<E, R>) => HttpApp.Default<E, R>
  }
>() {
  static readonly layer = Layer.effect(
    Drain,
    Effect.gen(function* () {
      const begun = yield* Deferred.make<void>()
      let draining = false
      let inside = 0

      const empty = Effect.suspend(() => (inside === 0 ? Effect.void : Effect.fail("busy")))
      const leave = Effect.suspend(() => {
        draining = true
        return Deferred.succeed(begun, undefined)
      }).pipe(
        Effect.zipRight(Effect.retry(empty, Schedule.spaced("50 millis"))),
        // It runs in a finalizer, where otherwise no timeout could end it.
        Effect.interruptible,
        Effect.timeoutOption("8 seconds"),
        Effect.ignore,
      )

      const enter = () => {
        if (!draining) inside += 1
        return !draining
      }
      const exit = () => {
        inside -= 1
      }

      const guard = <E, R>(app: HttpApp.Default<E, R>): HttpApp.Default<E, R> =>
        Effect.suspend(() => {
          if (!enter()) return Effect.succeed(closing(answer("unavailable", "shutting down")))
          return Effect.ensuring(
            Effect.map(app, (response) => (draining ? closing(response) : response)),
            Effect.sync(exit),
          )
        })

      return {
        draining: () => draining,
        begun: Deferred.await(begun),
        leave,
        enter,
        exit,
        guard,
      }
    }),
  )
}

const closing = HttpServerResponse.setHeader("connection", "close")
