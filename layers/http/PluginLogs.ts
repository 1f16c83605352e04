import { HttpLayerRouter, HttpRouter } from "@effect/platform"
import { Effect } from "effect"
import type { Endpoint } from "../../src/Gateway.ts"

/** Puts the name of the plugin beside whatever its handlers log. */
export const pluginLogs = (endpoints: ReadonlyArray<Endpoint>) => {
  const owners = new Map(endpoints.map(({ method, path, plugin }) => [`${method} ${path}`, plugin]))
  return HttpLayerRouter.middleware((handler) =>
    Effect.flatMap(HttpRouter.RouteContext, ({ route }) =>
      Effect.annotateLogs(handler, "plugin", owners.get(`${route.method} ${route.path}`) ?? "core"),
    ),
  ).layer
}
