import { type HttpApp, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { Effect, FiberRef } from "effect"
import { ulid } from "../Ulid.ts"

/** Names the request that is being answered. */
export const RequestId = FiberRef.unsafeMake("-")

const acceptable = /^[\w.:-]{1,128}$/

/** The caller's `x-request-id` where it is one, or a new one. */
export const requestIdOf = (headers: Readonly<Record<string, unknown>>): string => {
  const given = headers["x-request-id"]
  return typeof given === "string" && acceptable.test(given) ? given : ulid()
}

/** Takes the caller's `x-request-id` or makes one; logs and the answer carry it. */
export const identified = <E, R>(
  app: HttpApp.Default<E, R>,
): HttpApp.Default<E, R | HttpServerRequest.HttpServerRequest> =>
  Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ headers }) => {
    const id = requestIdOf(headers)
    return app.pipe(
      Effect.map(HttpServerResponse.setHeader("x-request-id", id)),
      Effect.annotateLogs("requestId", id),
      Effect.locally(RequestId, id),
    )
  })
