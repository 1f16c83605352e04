import { type HttpApp, HttpServerRequest } from "@effect/platform"
import { NodeHttpServerRequest } from "@effect/platform-node"
import { Effect } from "effect"
import { parseJsonBody } from "./JsonBody.ts"
import { type BodyRules, readBody } from "./ReadBody.ts"
import { malformed, Refusal } from "./Refusal.ts"

/**
 * Gives the endpoints a request whose body can only be read as the contract's JSON: 415 for another
 * content type or a compressed body, 413 above the limit, 400 for what `parseJsonBody` refuses. The body is read when an
 * endpoint asks for it, so after authentication.
 */
export const strictRequests =
  (rules: BodyRules) =>
  <E, R>(app: HttpApp.Default<E, R>): HttpApp.Default<E, R> =>
    Effect.updateService(app, HttpServerRequest.HttpServerRequest, (request) =>
      strict(request, rules),
    ) as HttpApp.Default<E, R>

const strict = (
  request: HttpServerRequest.HttpServerRequest,
  rules: BodyRules,
): HttpServerRequest.HttpServerRequest =>
  Object.create(request, {
    // HttpApi picks the reader by content type; there is but one here, and it looks at the real one.
    headers: { value: { ...request.headers, "content-type": "application/json" } },
    json: { value: readJson(request, rules) },
  }) as HttpServerRequest.HttpServerRequest

const readJson = (request: HttpServerRequest.HttpServerRequest, rules: BodyRules) =>
  Effect.suspend(() => {
    if (!isJson(request.headers["content-type"])) return Effect.die(notJson)
    if (!isPlain(request.headers["content-encoding"])) return Effect.die(notPlain)
    return readBody(NodeHttpServerRequest.toIncomingMessage(request), rules)
  }).pipe(Effect.map((bytes) => parseJsonBody(decode(bytes))))

const isJson = (contentType: string | undefined) =>
  contentType === undefined || /^application\/json\s*(;|$)/i.test(contentType.trim())

const isPlain = (encoding: string | undefined) =>
  encoding === undefined || encoding.trim().toLowerCase() === "identity"

const decode = (bytes: Uint8Array) => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    throw malformed("UTF-8 text")
  }
}

const notJson = new Refusal({
  code: "unsupported_media_type",
  message: "the request body must be application/json",
  details: { expected: "application/json" },
})

/** A compressed body is as large as its sender likes once it is unpacked. */
const notPlain = new Refusal({
  code: "unsupported_media_type",
  message: "the request body must not be compressed",
  details: { expected: "identity" },
})
