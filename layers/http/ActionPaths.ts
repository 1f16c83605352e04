import { type HttpApp, HttpServerRequest } from "@effect/platform"
import { Effect } from "effect"
import { routedUrl } from "../../src/http/Actions.ts"

/** Leads `…:verb` to the endpoint that declared it. */
export const actionPaths = <E, R>(app: HttpApp.Default<E, R>): HttpApp.Default<E, R> =>
  Effect.updateService(app, HttpServerRequest.HttpServerRequest, (request) => {
    const url = routedUrl(request.url)
    return url === request.url ? request : request.modify({ url })
  }) as HttpApp.Default<E, R>
