import { type HttpApp, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { NodeHttpServerRequest } from "@effect/platform-node"
import { Context, Effect, Layer, Schedule } from "effect"
import type { ServerResponse } from "node:http"
import { departure } from "../Departure.ts"
import { answer } from "./Answer.ts"
import { Inside } from "./Inside.ts"

/** How the server leaves: whoever is being answered gets all of it, nobody new is let in. */
export class Drain extends Context.Tag("layers/http/Drain")<
  Drain,
  {
    readonly draining: () => boolean
    /** Lets nobody in any more and waits, within limits, for those inside. */
    readonly leave: Effect.Effect<void>
    /**
     * Whether the request is let in, now or before: not while leaving, nor beyond what the process can
     * carry. It counts until its answer is sent.
     */
    readonly enter: (response: ServerResponse) => boolean
    readonly guard: <E, R>(app: HttpApp.Default<E, R>) => HttpApp.Default<E, R>
  }
>() {
  static readonly layer = Layer.effect(
    Drain,
    Effect.sync(() => {
      let draining = false
      let atWork = 0
      const inside = new Inside()

      const empty = Effect.suspend(() =>
        inside.size === 0 && atWork === 0 ? Effect.void : Effect.fail("busy"),
      )
      const leave = Effect.suspend(() => {
        draining = true
        return Effect.retry(empty, Schedule.spaced("50 millis"))
      }).pipe(
        // It runs in a finalizer, where otherwise no timeout could end it.
        Effect.interruptible,
        Effect.timeoutOption(departure.answers),
        Effect.ignore,
      )

      const enter = (response: ServerResponse) =>
        inside.has(response) || (!draining && inside.enter(response))

      const refused = () =>
        draining
          ? closing(answer("unavailable", "shutting down"))
          : answer("unavailable", "overloaded")

      const working = <E, R>(app: HttpApp.Default<E, R>): HttpApp.Default<E, R> =>
        Effect.suspend(() => {
          atWork += 1
          return Effect.ensuring(
            app,
            // What a caller began may go on after they hung up.
            Effect.sync(() => {
              atWork -= 1
            }),
          )
        })

      const guard = <E, R>(app: HttpApp.Default<E, R>): HttpApp.Default<E, R> =>
        Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
          const entered = isProbe(request) || enter(NodeHttpServerRequest.toServerResponse(request))
          if (!entered) return Effect.succeed(refused())
          return Effect.map(isProbe(request) ? app : working(app), (response) =>
            draining ? closing(response) : response,
          )
        }) as HttpApp.Default<E, R>

      return {
        draining: () => draining,
        leave,
        enter,
        guard,
      }
    }),
  )
}

/** Whoever asks how the process is must be told, all the more while it leaves or has much to do. */
const isProbe = ({ url }: HttpServerRequest.HttpServerRequest) => url.startsWith("/health/")

const closing = HttpServerResponse.setHeader("connection", "close")
