import { type HttpApp, HttpServerResponse } from "@effect/platform"
import { Effect, FiberRef } from "effect"
import { type Code, statusOf } from "../../src/domain/Failure.ts"
import { envelope } from "../../src/http/Envelope.ts"
import { RequestId } from "./RequestId.ts"

/** An answer in the contract's error envelope. */
export const answer = (code: Code, message: string, details: object = {}) =>
  HttpServerResponse.unsafeJson(envelope(code, message, details), { status: statusOf[code] })

interface ErrorBody {
  readonly error: {
    readonly code: Code
    readonly details: Readonly<Record<string, unknown>>
  }
}

/**
 * What an error answer says beside its body: how to authenticate, when to come back, and for every
 * 5xx the id to look for in the logs.
 */
export const explained = <E, R>(app: HttpApp.Default<E, R>): HttpApp.Default<E, R> =>
  Effect.flatMap(app, (response) => {
    const body = response.status < 400 ? undefined : errorBody(response)
    if (body === undefined) return Effect.succeed(response)
    const headed = HttpServerResponse.setHeaders(response, headersOf(body))
    if (response.status < 500) return Effect.succeed(headed)
    return Effect.map(FiberRef.get(RequestId), (requestId) =>
      withRequestId(headed, body, requestId),
    )
  })

const errorBody = ({ body }: HttpServerResponse.HttpServerResponse): ErrorBody | undefined =>
  body._tag === "Uint8Array" && body.contentType.startsWith("application/json")
    ? (JSON.parse(Buffer.from(body.body).toString()) as ErrorBody)
    : undefined

const withRequestId = (
  response: HttpServerResponse.HttpServerResponse,
  { error }: ErrorBody,
  requestId: string,
) =>
  HttpServerResponse.unsafeJson(
    { error: { ...error, details: { ...error.details, requestId } } },
    { status: response.status, headers: response.headers },
  )

const realm = 'Bearer realm="whatsapp-gateway"'

/** RFC 6750: no `error` when no credential was sent. */
const headersOf = ({ error: { code, details } }: ErrorBody): Record<string, string> => {
  if (code === "unauthorized") {
    return {
      "www-authenticate":
        details["reason"] === "missing_credential" ? realm : `${realm}, error="invalid_token"`,
    }
  }
  if (code === "forbidden" && details["reason"] === "capability") {
    const scope = String(details["required"])
    return {
      "www-authenticate": `${realm}, error="insufficient_scope", scope="${scope}"`,
    }
  }
  if (code === "rate_limited" || code === "unavailable") {
    return { "retry-after": String(details["retryAfterSeconds"] ?? 1) }
  }
  return {}
}
