import { HttpLayerRouter, HttpServer } from "@effect/platform"
import { Effect, Layer, Logger, LogLevel, Redacted, type Scope } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { Credentials } from "../../layers/Credentials.ts"
import * as EmbeddedPostgres from "../../layers/EmbeddedPostgres.ts"
import { authorization } from "../../layers/http/Authorization.ts"
import { Drain } from "../../layers/http/Drain.ts"
import { listening, NodeServer } from "../../layers/http/NodeServer.ts"
import { operations } from "../../layers/http/Operations.ts"
import { routesOf } from "../../layers/http/Routes.ts"
import { serve } from "../../layers/http/Server.ts"
import { administration, Main } from "../../layers/Main.ts"
import { DatabaseReadiness } from "../../layers/Storage.ts"
import { WhatsApp } from "../../layers/WhatsApp.ts"
import { plugins } from "../../plugins/index.ts"
import { handlersOf } from "../../src/Gateway.ts"
import { api, endpoints } from "../http/Operations.ts"
import { gatewayOn } from "../support/Gateway.ts"

type GatewayServices = Layer.Layer.Success<ReturnType<typeof gatewayOn>>

/** Runs the program against a gateway and a database of its own, and ends both. */
export const onGateway = <A, E>(
  program: Effect.Effect<A, E, GatewayServices | Scope.Scope>,
  main: typeof Main = Main,
  env: Readonly<Record<string, string>> = {},
): Promise<A> => {
  const folder = mkdtempSync(path.join(tmpdir(), "gateway-evidence-"))
  const database = Effect.map(EmbeddedPostgres.start(path.join(folder, "database")), ({ url }) =>
    Redacted.make(Redacted.value(url)),
  )
  const gateway = gatewayOn(database, { DATA_DIR: folder, AUTH_LOCAL: "on", ...env }, main)
  return Effect.runPromise(Effect.scoped(Effect.provide(program, gateway))).finally(() =>
    rmSync(folder, { recursive: true, force: true }),
  )
}

interface Parts {
  readonly authorization?: ReturnType<typeof authorization>
  readonly serve?: typeof serve
  readonly whatsApp?: typeof WhatsApp
}

/** The gateway with a part replaced: what a negative control runs against. */
export const mainWith = (parts: Parts): typeof Main =>
  (parts.serve ?? serve)(
    HttpLayerRouter.addHttpApi(api).pipe(
      Layer.provide(handlersOf(plugins)),
      Layer.provide(parts.authorization ?? authorization(endpoints)),
      Layer.merge(operations(api)),
    ),
    routesOf(endpoints),
  ).pipe(
    Layer.provide([Credentials, DatabaseReadiness]),
    Layer.provideMerge(listening),
    Layer.provide([NodeServer.layer, Drain.layer]),
    Layer.provideMerge(parts.whatsApp ?? WhatsApp),
    Layer.provideMerge(administration(EmbeddedPostgres.start)),
    // What is broken on purpose has much to say.
    Layer.provide(Logger.minimumLogLevel(LogLevel.None)),
  )

/** HttpApi as it comes, with nothing around it. */
export const plainServe = ((routes: Parameters<typeof serve>[0]) =>
  Layer.unwrapEffect(
    Effect.map(HttpLayerRouter.HttpRouter, (router) => HttpServer.serve(router.asHttpEffect())),
  ).pipe(Layer.provide(routes), Layer.provide(HttpLayerRouter.layer))) as unknown as typeof serve
