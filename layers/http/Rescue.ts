import {
  type HttpApp,
  HttpServerError,
  HttpServerRequest,
  HttpServerResponse,
} from "@effect/platform"
import { NodeHttpServerRequest } from "@effect/platform-node"
import { Cause, Effect } from "effect"
import type { IncomingMessage } from "node:http"
import { isDatabaseAway } from "../Postgres.ts"
import { answer } from "./Answer.ts"
import { malformed, Refusal } from "./Refusal.ts"
import type { Routes } from "./Routes.ts"

/**
 * Turns whatever no endpoint declared into an envelope: unknown routes, wrong methods, bodies that
 * were refused, a database that is away, and defects, which are logged and answered without a word.
 */
export const rescued =
  (routes: Routes) =>
  <E, R>(
    app: HttpApp.Default<E, R>,
  ): HttpApp.Default<never, R | HttpServerRequest.HttpServerRequest> =>
    Effect.catchAllCause(app, (cause) =>
      Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
        if (Cause.isInterruptedOnly(cause)) return Effect.interrupt
        const reason = Cause.squash(cause)
        if (HttpServerResponse.isServerResponse(reason)) return Effect.succeed(reason)
        if (reason instanceof HttpServerError.RouteNotFound) {
          return Effect.succeed(noRoute(request, routes))
        }
        if (reason instanceof Refusal) {
          return refused(request, reason)
        }
        if (isDatabaseAway(reason)) {
          return Effect.as(
            Effect.logWarning("database away", cause),
            answer("unavailable", "the database is away"),
          )
        }
        return Effect.as(
          Effect.logError("unexpected failure", cause),
          answer("internal_error", "an unexpected failure"),
        )
      }),
    )

const refused = (request: HttpServerRequest.HttpServerRequest, refusal: Refusal) =>
  Effect.as(
    Effect.sync(() => hangUpLater(NodeHttpServerRequest.toIncomingMessage(request))),
    answer(refusal.code, refusal.message, refusal.details),
  )

const graceMillis = 1000

/**
 * A connection whose body is still on its way is of no more use. Cut at once, it would take the
 * answer with it: the system drops what was sent to a caller who still talks.
 */
const hangUpLater = (message: IncomingMessage) => {
  if (message.complete) return
  const late = setTimeout(() => message.socket.destroy(), graceMillis)
  message.once("end", () => clearTimeout(late)).once("close", () => clearTimeout(late))
}

/** The route is there, but what its path names can not be decoded. */
const unreadable = malformed("a path of percent-encoded UTF-8")

const noRoute = (request: HttpServerRequest.HttpServerRequest, { methodsOf }: Routes) => {
  const allowed = methodsOf(request.url.split("?")[0]!)
  if (allowed.length === 0) return answer("not_found", "route not found")
  const allow = { allow: allowed.join(", ") }
  if (request.method === "OPTIONS") return HttpServerResponse.empty({ status: 204, headers: allow })
  if (allowed.includes(request.method)) {
    return answer(unreadable.code, unreadable.message, unreadable.details)
  }
  return HttpServerResponse.setHeaders(
    answer("method_not_allowed", "method not allowed", { allowed }),
    allow,
  )
}
