import { Effect, type Runtime, type Scope } from "effect"

const captured = new WeakMap<Scope.Scope, Runtime.Runtime<never>>()

/**
 * What runs effects that the library or a timer asks for, as the fiber would that made the connection.
 * One for each scope: whoever captures one keeps the state of the fiber as it was then, a kilobyte,
 * and a connection would have a dozen of them.
 */
export const runtimeHere = Effect.gen(function* () {
  const scope = yield* Effect.scope
  const found = captured.get(scope)
  if (found !== undefined) return found
  const runtime = yield* Effect.runtime<never>()
  captured.set(scope, runtime)
  return runtime
})
