import { Effect, Layer } from "effect"

/**
 * How a process that is told to end spends its last ten seconds, after which supervisors would kill
 * it. Between the first two and the last, sessions store what they have seen, connections are given
 * back and the embedded database writes itself down: as long as there is time, however they share it.
 */
export const departure = {
  /** For those inside to get their answers. */
  answers: "6 seconds",
  /** For callers to take their last answers, and hang up. */
  farewells: "300 millis",
  /** For all of it: then the process ends where it stands, with status 1. */
  whole: 9_500,
} as const

/** Whatever never ends, a plugin's finalizer for one, does not keep the process. */
export const LastResort = Layer.scopedDiscard(
  Effect.addFinalizer(() =>
    Effect.sync(() => setTimeout(() => process.exit(1), departure.whole).unref()),
  ),
)
