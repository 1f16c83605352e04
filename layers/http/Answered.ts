import { HttpLayerRouter } from "@effect/platform"
import { Effect } from "effect"
import { channel } from "node:diagnostics_channel"
import type { IncomingMessage, Server, ServerResponse } from "node:http"
import { routedUrl } from "../../src/http/Actions.ts"
import { maxHeadBytes } from "./NodeServer.ts"

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly server: Server
}

/** An answer that was sent, and how long its caller waited for it. */
export interface Answered extends Pick<Exchange, "request" | "response"> {
  readonly millis: number
}

/** Hears of every answer of the server, whichever way it came about, until the scope closes. */
export const onAnswered = Effect.fn("Answered.follow")(function* (
  server: Server,
  told: (answered: Answered) => void,
) {
  const started = new WeakMap<IncomingMessage, number>()
  const onStart = (message: unknown) => {
    const exchange = message as Exchange
    if (exchange.server === server) started.set(exchange.request, performance.now())
  }
  const onFinish = (message: unknown) => {
    const { request, response } = message as Exchange
    const start = started.get(request)
    if (start !== undefined) told({ request, response, millis: performance.now() - start })
  }
  for (const [name, listen] of [
    ["http.server.request.start", onStart],
    ["http.server.response.finish", onFinish],
  ] as const)
    yield* Effect.acquireRelease(
      Effect.sync(() => channel(name).subscribe(listen)),
      () => Effect.sync(() => channel(name).unsubscribe(listen)),
    )
})

export interface Operation {
  readonly method: string
  readonly path: string
  readonly name: string
}

/** Names what a request asks for. What callers make up is one operation: names are kept for ever. */
export const operationNames = (operations: ReadonlyArray<Operation>) => {
  const routes = HttpLayerRouter.FindMyWay.make<string>({ maxParamLength: maxHeadBytes })
  for (const { method, name, path } of operations) routes.on(method as "GET", path as "/", name)
  return ({ method = "", url = "" }: IncomingMessage): string => {
    const asked = method === "HEAD" ? "GET" : method
    return routes.find(asked as "GET", routedUrl(url))?.handler ?? "unknown"
  }
}
