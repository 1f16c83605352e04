import { type HttpApp, HttpMiddleware, HttpServerRequest } from "@effect/platform"
import { Effect } from "effect"

/** Lets pages of these origins, and of no other, read the answers. */
export const openTo =
  (origins: ReadonlyArray<string>) =>
  <E, R>(app: HttpApp.Default<E, R>): HttpApp.Default<E, R> => {
    const opened = HttpMiddleware.cors({
      allowedOrigins: (origin) => origins.includes(origin),
      allowedMethods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
      allowedHeaders: ["authorization", "content-type", "idempotency-key", "prefer", "x-api-key"],
      exposedHeaders: ["allow", "retry-after", "www-authenticate", "x-request-id"],
      maxAge: 600,
    })(app)
    // It would answer every OPTIONS, and never say what the path allows.
    return Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ headers, method }) =>
      method === "OPTIONS" && headers["access-control-request-method"] === undefined ? app : opened,
    ) as HttpApp.Default<E, R>
  }
