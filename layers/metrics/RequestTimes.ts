import { Effect } from "effect"
import type { Server } from "node:http"
import { onAnswered, type Operation, operationNames } from "../http/Answered.ts"
import type { Family, Sample } from "./Exposition.ts"

/** Upper bounds, in seconds. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

interface Times {
  readonly labels: Sample["labels"]
  readonly within: Array<number>
  count: number
  seconds: number
}

/** Times every request that the server answers, by operation, whichever way it is answered. */
export const timeRequests = Effect.fnUntraced(function* (
  server: Server,
  operations: ReadonlyArray<Operation>,
) {
  const nameOf = operationNames(operations)
  const all = new Map<string, Times>()

  yield* onAnswered(server, ({ millis, request, response }) => {
    const labels = { operation: nameOf(request), status: String(response.statusCode) }
    const key = `${labels.operation} ${labels.status}`
    const times = all.get(key) ?? { labels, within: bounds.map(() => 0), count: 0, seconds: 0 }
    all.set(key, times)
    note(times, millis / 1000)
  })

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
