import { HttpLayerRouter } from "@effect/platform"
import { Effect } from "effect"
import { channel } from "node:diagnostics_channel"
import type { IncomingMessage, Server, ServerResponse } from "node:http"
import { routedUrl } from "../../src/http/Actions.ts"
import { maxHeadBytes } from "../http/NodeServer.ts"
import type { Family, Sample } from "./Exposition.ts"

/** Upper bounds, in seconds. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

interface Operation {
  readonly method: string
  readonly path: string
  readonly name: string
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly server: Server
}

interface Times {
  readonly labels: Sample["labels"]
  readonly within: Array<number>
  count: number
  seconds: number
}

/** Times every request that the server answers, by operation, whichever way it is answered. */
export const timeRequests = Effect.fn("RequestTimes.follow")(function* (
  server: Server,
  operations: ReadonlyArray<Operation>,
) {
  const nameOf = namesOf(operations)
  const started = new WeakMap<IncomingMessage, number>()
  const all = new Map<string, Times>()

  const onStart = (message: unknown) => {
    const exchange = message as Exchange
    if (exchange.server === server) started.set(exchange.request, performance.now())
  }
  const onFinish = (message: unknown) => {
    const { request, response } = message as Exchange
    const start = started.get(request)
    if (start === undefined) return
    const labels = { operation: nameOf(request), status: String(response.statusCode) }
    const key = `${labels.operation} ${labels.status}`
    const times = all.get(key) ?? { labels, within: bounds.map(() => 0), count: 0, seconds: 0 }
    all.set(key, times)
    note(times, (performance.now() - start) / 1000)
  }
  for (const [name, listen] of [
    ["http.server.request.start", onStart],
    ["http.server.response.finish", onFinish],
  ] as const)
    yield* Effect.acquireRelease(
      Effect.sync(() => channel(name).subscribe(listen)),
      () => Effect.sync(() => channel(name).unsubscribe(listen)),
    )

  return (): Family => ({
    name: "http_request_duration_seconds",
    type: "histogram",
    help: "how long requests took, by operation and status",
    samples: [...all.values()].flatMap(samplesOf),
  })
})

const note = (times: Times, seconds: number) => {
  times.count += 1
  times.seconds += seconds
  bounds.forEach((bound, index) => {
    if (seconds <= bound) times.within[index]! += 1
  })
}

const samplesOf = ({ count, labels, seconds, within }: Times): ReadonlyArray<Sample> => [
  ...bounds.map((bound, index) => ({
    labels: { ...labels, le: String(bound) },
    value: within[index]!,
    suffix: "_bucket",
  })),
  { labels: { ...labels, le: "+Inf" }, value: count, suffix: "_bucket" },
  { labels, value: seconds, suffix: "_sum" },
  { labels, value: count, suffix: "_count" },
]

/** What callers make up is one operation: labels are kept for ever. */
const namesOf = (operations: ReadonlyArray<Operation>) => {
  const routes = HttpLayerRouter.FindMyWay.make<string>({ maxParamLength: maxHeadBytes })
  for (const { method, name, path } of operations) routes.on(method as "GET", path as "/", name)
  return ({ method = "", url = "" }: IncomingMessage) =>
    routes.find(method as "GET", routedUrl(url))?.handler ?? "unknown"
}
