import { Effect, FiberRef, Layer, LogLevel, Runtime } from "effect"
import { type Answered, onAnswered, operationNames } from "./Answered.ts"
import { callerOf } from "./Callers.ts"
import { NodeServer } from "./NodeServer.ts"
import { identify } from "./RequestId.ts"

interface Route {
  readonly method: string
  readonly path: string
  readonly name?: string
}

/**
 * Writes one line for each answer at the debug level, whichever way it came about; at any other it is
 * not even listening. What is asked for is told by its name: addresses of people, queries and
 * credentials stay out.
 */
export const accessLog = (routes: ReadonlyArray<Route>) =>
  Layer.scopedDiscard(
    Effect.gen(function* () {
      const lowest = yield* FiberRef.get(FiberRef.currentMinimumLogLevel)
      if (LogLevel.greaterThan(lowest, LogLevel.Debug)) return
      const run = Runtime.runSync(yield* Effect.runtime())
      const nameOf = operationNames(routes.map((route) => ({ name: route.path, ...route })))
      yield* onAnswered(yield* NodeServer, (answered) =>
        run(
          Effect.annotateLogs(Effect.logDebug("answered a request"), {
            operation: nameOf(answered.request),
            ...factsOf(answered),
          }),
        ),
      )
    }),
  )

const factsOf = ({ millis, request, response }: Answered) => {
  const organization = callerOf(request)
  return {
    method: request.method,
    status: response.statusCode,
    milliseconds: Math.round(millis * 10) / 10,
    requestId: identify(request),
    ...(organization !== undefined && { organization }),
  }
}
