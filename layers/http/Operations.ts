import {
  type HttpApi,
  HttpApiScalar,
  HttpLayerRouter,
  HttpServerResponse,
  OpenApi,
} from "@effect/platform"
import { Context, Effect, Layer } from "effect"
import { Drain } from "./Drain.ts"
import { answer } from "./Answer.ts"

export class Readiness extends Context.Tag("layers/http/Readiness")<
  Readiness,
  {
    /** Why requests can not be served; undefined when they can. */
    readonly obstacle: Effect.Effect<string | undefined>
  }
>() {}

/** What operators and tools ask for, outside the api and without a credential. */
export const operationRoutes = [
  { method: "GET", path: "/health/live" },
  { method: "GET", path: "/health/ready" },
  { method: "GET", path: "/openapi.json" },
  { method: "GET", path: "/docs" },
] as const

export const operations = (api: HttpApi.HttpApi.Any) =>
  Layer.mergeAll(
    HttpLayerRouter.add("GET", "/health/live", HttpServerResponse.unsafeJson({ status: "live" })),
    HttpLayerRouter.use((router) =>
      Effect.flatMap(ready, (handler) => router.add("GET", "/health/ready", handler)),
    ),
    HttpLayerRouter.add(
      "GET",
      "/openapi.json",
      Effect.succeed(HttpServerResponse.unsafeJson(OpenApi.fromApi(api as never))),
    ),
    HttpApiScalar.layerHttpLayerRouter({
      api,
      path: "/docs",
      // Otherwise the page would ask a font server.
      scalar: { withDefaultFonts: false },
    }),
  )

const ready = Effect.gen(function* () {
  const drain = yield* Drain
  const readiness = yield* Readiness
  return Effect.gen(function* () {
    if (drain.draining()) return answer("unavailable", "shutting down")
    const obstacle = yield* readiness.obstacle
    if (obstacle !== undefined) return answer("unavailable", obstacle)
    return HttpServerResponse.unsafeJson({ status: "ready" })
  })
})
