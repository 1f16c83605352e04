import { type HttpApp, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { NodeHttpServerRequest } from "@effect/platform-node"
import { Effect, FiberRef } from "effect"
import type { IncomingMessage } from "node:http"
import { ulid } from "../Ulid.ts"

/** Names the request that is being answered. */
export const RequestId = FiberRef.unsafeMake("-")

const acceptable = /^[\w.:-]{1,128}$/

/** The caller's `x-request-id` where it is one, or a new one. */
export const requestIdOf = (headers: Readonly<Record<string, unknown>>): string => {
  const given = headers["x-request-id"]
  return typeof given === "string" && acceptable.test(given) ? given : ulid()
}

const ids = new WeakMap<IncomingMessage, string>()

/** One for each request, however often and by whomever it is asked for. */
export const identify = (request: IncomingMessage): string => {
  const id = ids.get(request) ?? requestIdOf(request.headers)
  ids.set(request, id)
  return id
}

/** Takes the caller's `x-request-id` or makes one; logs and the answer carry it. */
export const identified = <E, R>(
  app: HttpApp.Default<E, R>,
): HttpApp.Default<E, R | HttpServerRequest.HttpServerRequest> =>
  Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
    const id = identify(NodeHttpServerRequest.toIncomingMessage(request))
    return app.pipe(
      Effect.map(HttpServerResponse.setHeader("x-request-id", id)),
      Effect.annotateLogs("requestId", id),
      Effect.locally(RequestId, id),
    )
  })
