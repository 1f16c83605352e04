import { Effect, Scope } from "effect"

/**
 * Has it done when the scope closes, by the fiber that closes it. `Effect.addFinalizer` would have it
 * done as if by this one, whose state it keeps for that: a kilobyte, twenty times a connection.
 */
export const atEnd = (end: Effect.Effect<unknown>) =>
  Effect.flatMap(Effect.scope, (scope) => Scope.addFinalizer(scope, end))
