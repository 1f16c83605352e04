import { type HttpApp, HttpLayerRouter, HttpServer } from "@effect/platform"
import { Effect, identity, Layer } from "effect"
import type { Server } from "node:http"
import { Settings } from "../../src/Settings.ts"
import { departure } from "../Departure.ts"
import { actionPaths } from "./ActionPaths.ts"
import { explained } from "./Answer.ts"
import { openTo } from "./Cors.ts"
import { Drain } from "./Drain.ts"
import { maxHeadBytes, NodeServer } from "./NodeServer.ts"
import { identified } from "./RequestId.ts"
import { rescued } from "./Rescue.ts"
import type { Routes } from "./Routes.ts"
import { secured } from "./SecurityHeaders.ts"
import { strictRequests } from "./StrictRequest.ts"

/** What one request passes, from the endpoints outwards. */
const edge = (app: HttpApp.Default<unknown>, routes: Routes) =>
  Effect.gen(function* () {
    const { bodyLimit, corsOrigins, requestTimeoutSeconds } = yield* Settings
    const drain = yield* Drain
    return app.pipe(
      // Inside of what changes the request, which would make a lenient one of it again.
      strictRequests({ limit: bodyLimit, arrivesWithin: `${requestTimeoutSeconds} seconds` }),
      actionPaths(routes),
      rescued(routes),
      drain.guard,
      corsOrigins.length === 0 ? identity : openTo(corsOrigins),
      explained,
      secured,
      identified,
    )
  })

/** Serves the routes. Closing the layer lets requests in flight finish before anything else closes. */
export const serve = <E, R>(api: Layer.Layer<never, E, R>, routes: Routes) =>
  Layer.unwrapScoped(
    Effect.gen(function* () {
      const router = yield* HttpLayerRouter.HttpRouter
      const app = yield* edge(router.asHttpEffect() as HttpApp.Default<unknown>, routes)
      return Layer.provideMerge(leaveFirst, HttpServer.serve(app))
    }),
  ).pipe(Layer.provide(api), Layer.provide(router))

/** An id of any length belongs to its route, which says what is wrong with it. */
const router = Layer.provide(
  HttpLayerRouter.layer,
  Layer.succeed(HttpLayerRouter.RouterConfig, { maxParamLength: maxHeadBytes }),
)

// Acquired after the handlers are attached, so it runs before they are taken off the socket.
const leaveFirst = Layer.scopedDiscard(
  Effect.gen(function* () {
    const drain = yield* Drain
    const server = yield* NodeServer
    yield* Effect.addFinalizer(() => Effect.zipRight(drain.leave, hangUp(server)))
  }),
)

/**
 * Refuses new connections, and answers those it has until they are gone: attached handlers taken off
 * a socket that still talks would leave its caller without a word.
 */
const hangUp = (server: Server) =>
  Effect.async<void>((resume) => {
    server.close(() => resume(Effect.void))
  }).pipe(
    // Finalizers can not be interrupted unless they say so, not even by a timeout.
    Effect.interruptible,
    Effect.timeoutOption(departure.farewells),
    // Half-sent requests, and connections that are kept for the next one.
    Effect.zipRight(Effect.sync(() => server.closeAllConnections())),
  )
