import { Effect } from "effect"
import { createHook } from "node:async_hooks"

/** From now on: the stack that set each timer of the library that is still running. */
export const libraryTimers = Effect.gen(function* () {
  const timers = new Map<number, string>()
  const hook = createHook({
    init: (id, type) => {
      const stack = type === "Timeout" ? (new Error().stack ?? "") : ""
      if (stack.includes("@whiskeysockets")) timers.set(id, stack)
    },
    destroy: (id) => timers.delete(id),
  })
  yield* Effect.acquireRelease(
    Effect.sync(() => hook.enable()),
    () => Effect.sync(() => hook.disable()),
  )
  return timers
})
