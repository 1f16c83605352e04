import { type HttpApp, HttpServerRequest } from "@effect/platform"
import { Effect } from "effect"
import { routedUrl } from "../../src/http/Actions.ts"
import type { Routes } from "./Routes.ts"

/** Leads `…:verb` to the endpoint that declared it, and nowhere else: to others it would be an id. */
export const actionPaths =
  ({ methodsOf }: Routes) =>
  <E, R>(app: HttpApp.Default<E, R>): HttpApp.Default<E, R> =>
    Effect.updateService(app, HttpServerRequest.HttpServerRequest, (request) => {
      const url = routedUrl(request.url)
      if (url === request.url) return request
      const isDeclared = methodsOf(request.url.split("?")[0]!).includes(request.method)
      return request.modify({ url: isDeclared ? url : "/unknown" })
    }) as HttpApp.Default<E, R>
