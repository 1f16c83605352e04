/**
 * Actions such as `POST /sessions/{session}:start`. HttpApi can neither route, document nor call a
 * colon inside a segment, so an endpoint declares `/sessions/:session/$start`, an ordinary segment,
 * and the three places below keep the route, the document and the client's URL in step.
 */
import { HttpClientRequest } from "@effect/platform"

const action = /^([^?]*[^/?])(?::|%3a)([a-z]+)\/?(?=\?|$)/i
const declared = /\/\$([a-z]+)/

/**
 * `/sessions/1:start?x` → `/sessions/1/$start?x`, which is how the endpoint is declared. A spelling
 * that only declarations use leads nowhere.
 */
export const routedUrl = (url: string): string => {
  if (url.includes("/$")) return "/unknown"
  return url.replace(action, (_, resource: string, verb: string) => `${resource}/$${verb}`)
}

/** `/sessions/{session}/$start` → `/sessions/{session}:start`, for the document. */
export const documentedPath = (path: string): string => path.replace(declared, ":$1")

/** The same for the URLs of the typed client: `HttpClient.mapRequest(actionRequest)`. */
export const actionRequest = (request: HttpClientRequest.HttpClientRequest) =>
  HttpClientRequest.setUrl(request, documentedPath(request.url))
