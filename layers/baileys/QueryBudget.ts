import { Clock, Effect, Metric } from "effect"

/** Milliseconds between two questions of one session. */
const pause = 100

/** How many seconds a limit holds that does not say so. */
const patience = 60
/** No limit is shorter: whoever asks again at once is refused again at once. */
const least = 1

const waits = Metric.counter("whatsapp_query_budget_waits", {
  description: "questions that waited because WhatsApp had asked to be left alone",
  incremental: true,
})

/**
 * What one session may ask of WhatsApp of its own accord: one question after the other, with pauses,
 * and none while WhatsApp wants to be left alone. Whoever waits for an answer is not held up by it.
 */
export interface QueryBudget {
  /** Waits until one more question fits. */
  readonly spend: Effect.Effect<void>
  /** WhatsApp wants to be left alone, by default for a minute. */
  readonly hold: (seconds?: number) => Effect.Effect<void>
  /** Whether it wants to be now. */
  readonly isHeld: Effect.Effect<boolean>
}

export const makeQueryBudget = Effect.sync(() => {
  let [next, heldUntil] = [0, 0]

  // Each has a moment of its own, so nobody has to wait for whoever is before.
  const spend = Effect.suspend(
    Effect.fnUntraced(function* () {
      while (true) {
        const now = yield* Clock.currentTimeMillis
        if (heldUntil > now) yield* Metric.increment(waits)
        const at = Math.max(now, next, heldUntil)
        next = at + pause
        yield* Effect.sleep(at - now)
        // It may have been held meanwhile.
        if (heldUntil <= at) return
      }
    }),
  )
  const hold = (seconds = patience) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      heldUntil = Math.max(heldUntil, now + Math.max(seconds, least) * 1000)
    })
  const isHeld = Effect.map(Clock.currentTimeMillis, (now) => heldUntil > now)
  const budget: QueryBudget = { spend, hold, isHeld }
  return budget
})
