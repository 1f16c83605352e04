import { Effect, Exit, Option, Scope } from "effect"

type End = Effect.Effect<unknown>

const ends = new WeakMap<Scope.Scope, Array<End>>()

/**
 * Has it done when the scope closes, by the fiber that closes it, what came last first.
 * `Effect.addFinalizer` would have it done as if by this one, whose state it keeps for that: a kilobyte,
 * twenty times a connection. For all of them the scope keeps one finalizer.
 */
export const atEnd = (end: End) =>
  Effect.flatMap(Effect.scope, (scope) => {
    const known = ends.get(scope)
    if (known !== undefined) return Effect.sync(() => void known.push(end))
    const all = [end]
    ends.set(scope, all)
    return Scope.addFinalizer(
      scope,
      Effect.suspend(() => {
        // What comes too late is then done at once, as by any scope that has closed.
        ends.delete(scope)
        return inTurn(all.toReversed())
      }),
    )
  })

/** What breaks keeps nothing else from its end. */
const inTurn = (all: ReadonlyArray<End>) =>
  Effect.flatMap(Effect.forEach(all, Effect.exit), (exits) =>
    Option.getOrElse(Exit.all(exits), () => Exit.void),
  )
