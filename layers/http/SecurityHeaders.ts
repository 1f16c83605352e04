import { type HttpApp, HttpBody, HttpServerResponse } from "@effect/platform"
import { Effect } from "effect"

/** Answers are data for one caller: not cached, not framed, not guessed at. */
export const dataHeaders = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
}

/** A page brings its own scripts and styles along, and nothing from anywhere else. */
const pageHeaders = {
  ...dataHeaders,
  "content-security-policy":
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' " +
    "'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; " +
    "worker-src blob:; frame-ancestors 'none'",
}

export const secured = <E, R>(app: HttpApp.Default<E, R>): HttpApp.Default<E, R> =>
  Effect.map(app, (response) =>
    isPage(response)
      ? HttpServerResponse.setHeaders(inUtf8(response), pageHeaders)
      : HttpServerResponse.setHeaders(response, dataHeaders),
  )

/** Sniffing is forbidden, so the page has to say what it is written in. */
const inUtf8 = (response: HttpServerResponse.HttpServerResponse) =>
  response.body._tag === "Uint8Array"
    ? HttpServerResponse.setBody(
        response,
        HttpBody.uint8Array(response.body.body, "text/html; charset=utf-8"),
      )
    : response

const isPage = ({ body, headers }: HttpServerResponse.HttpServerResponse) =>
  (headers["content-type"] ?? ("contentType" in body ? body.contentType : ""))?.startsWith(
    "text/html",
  ) ?? false
