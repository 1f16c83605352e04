import { HttpLayerRouter } from "@effect/platform"
import { Effect, Layer } from "effect"
import { handlersOf } from "../src/Gateway.ts"
import { Settings } from "../src/Settings.ts"
import { ApiKeys } from "./ApiKeys.ts"
import { Credentials } from "./Credentials.ts"
import * as EmbeddedPostgres from "./EmbeddedPostgres.ts"
import { accessLog } from "./http/AccessLog.ts"
import { authorization } from "./http/Authorization.ts"
import { Drain } from "./http/Drain.ts"
import { hasKeySet, KeySet, keySetRoute } from "./http/KeySet.ts"
import { hasMetrics, metrics, metricsRoute } from "./http/Metrics.ts"
import { listening, NodeServer } from "./http/NodeServer.ts"
import { operationRoutes, operations } from "./http/Operations.ts"
import { pluginLogs } from "./http/PluginLogs.ts"
import { readLane } from "./http/ReadLane.ts"
import { routesOf } from "./http/Routes.ts"
import { serve } from "./http/Server.ts"
import { Organizations } from "./Organizations.ts"
import { Plugins } from "./Plugins.ts"
import { DatabaseReadiness, storage } from "./Storage.ts"
import { Subscribers } from "./Subscribers.ts"
import { Vault } from "./Vault.ts"
import { WhatsApp } from "./WhatsApp.ts"

/** Every endpoint of every plugin behind one gate, and what operators ask for beside it. */
const served = ({ api, endpoints, list }: Plugins["Type"], settings: Settings["Type"]) => {
  const Api = HttpLayerRouter.addHttpApi(api).pipe(
    Layer.provide(handlersOf(list)),
    Layer.provide([authorization(endpoints), pluginLogs(endpoints)]),
    Layer.merge(operations(api)),
    Layer.merge(KeySet),
    Layer.merge(metrics(endpoints)),
  )
  const routes = [
    ...endpoints,
    ...operationRoutes,
    ...(hasKeySet(settings) ? [keySetRoute] : []),
    ...(hasMetrics(settings) ? [metricsRoute] : []),
  ]
  return Layer.merge(accessLog(routes), readLane(api)).pipe(
    Layer.provideMerge(serve(Api, routesOf(routes))),
  )
}

/** Tenants and their keys, for those who administer. */
export const administration = (openEmbedded: EmbeddedPostgres.Opening) =>
  Layer.merge(Organizations, ApiKeys).pipe(
    Layer.provideMerge(Vault),
    Layer.provideMerge(storage(openEmbedded)),
    Layer.provideMerge(Plugins.layer),
  )

/** The whole gateway, read top to bottom: what it serves, then what it stands on. */
export const Main = Layer.unwrapEffect(Effect.zipWith(Plugins, Settings, served)).pipe(
  Layer.provide([Credentials, DatabaseReadiness]),
  Layer.provideMerge(listening),
  Layer.provide([NodeServer.layer, Drain.layer]),
  Layer.provideMerge(WhatsApp),
  Layer.provideMerge(Subscribers),
  Layer.provideMerge(administration(EmbeddedPostgres.start)),
)
