import { Effect, FiberSet } from "effect"

/**
 * Makes work that is done whenever it is asked for, once for all who ask meanwhile, until the scope
 * closes. In between nothing waits for it: a fiber that waits takes ten kilobytes, and every session
 * would have several. What breaks is done again by whoever asks next.
 */
export const onDemand = Effect.fnUntraced(function* <R>(work: Effect.Effect<unknown, never, R>) {
  const run = yield* FiberSet.makeRuntime<R>()
  let isAsked = false
  let isBusy = false
  const round = Effect.suspend(() => {
    isAsked = false
    return work
  })
  const rounds = round.pipe(
    Effect.repeat({ while: () => (isBusy = isAsked) }),
    Effect.tapErrorCause((cause) => {
      isBusy = false
      return Effect.logError("work of a session broke down", cause)
    }),
  )
  return () => {
    isAsked = true
    if (isBusy) return
    isBusy = true
    run(rounds)
  }
})

/** Calls every so many milliseconds until the scope closes. */
export const every = (millis: number, call: () => void) =>
  Effect.acquireRelease(
    Effect.sync(() => setInterval(call, millis)),
    (timer) => Effect.sync(() => clearInterval(timer)),
  )
