import { Effect } from "effect"
import { type CallFailure, isLimit } from "./Call.ts"

/** How often one fetch is tried again before it is left to the next notice or connection. */
const most = 5

/**
 * What fails is asked for again after a while, so that it does not hold up others; only a limit of
 * WhatsApp's holds up all of them.
 */
export const makeAttempts = Effect.fnUntraced(function* <Key>(again: (key: Key) => void) {
  const scope = yield* Effect.scope
  const failures = new Map<Key, number>()

  const later = (key: Key, seconds: number) =>
    Effect.andThen(Effect.sleep(`${seconds} seconds`), () => again(key))

  const retry = (key: Key, failure: CallFailure) => {
    const count = (failures.get(key) ?? 0) + 1
    failures.set(key, count)
    if (failure._tag === "SessionOffline" || count > most) return Effect.void
    // The budget waits for as long as WhatsApp wants it to.
    return isLimit(failure)
      ? Effect.sync(() => again(key))
      : Effect.asVoid(Effect.forkIn(later(key, 2 ** count), scope))
  }

  return (key: Key, fetching: Effect.Effect<unknown, CallFailure>) =>
    fetching.pipe(
      Effect.tap(() => failures.delete(key)),
      Effect.catchAll((failure) => retry(key, failure)),
      // A defect of the database's; the next connection stores everything in any case.
      Effect.catchAllCause((cause) => Effect.logError("a group was not stored", cause)),
    )
})
