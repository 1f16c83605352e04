import { Duration, Effect, Random } from "effect"

export interface PaceOptions {
  /** Logins under way at once, in the whole process: each blocks the event loop for a while. */
  readonly atOnce?: number
  /**
   * Between the beginnings of two logins, on average: between half and one and a half times as long,
   * since people keep no beat. The default makes it fifteen a second.
   */
  readonly apart?: Duration.DurationInput
}

/** Lets logins begin one after the other, and waits while too many are under way. */
export type Pace = <A, E, R>(login: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

export const makePace = ({ apart = "67 millis", atOnce = 4 }: PaceOptions = {}) =>
  Effect.gen(function* () {
    const places = yield* Effect.makeSemaphore(atOnce)
    const turnstile = yield* Effect.makeSemaphore(1)
    const pause = Effect.map(Random.next, (luck) => Duration.times(apart, 0.5 + luck))
    const pass = turnstile.withPermits(1)(Effect.flatMap(pause, Effect.sleep))
    const pace: Pace = (login) => places.withPermits(1)(Effect.zipRight(pass, login))
    return pace
  })
