import { Clock, Duration, Effect } from "effect"

/** The time of day stands still until told to leap; whoever sleeps through a leap is woken by it. */
export class SteeredClock implements Clock.Clock {
  readonly [Clock.ClockTypeId]: Clock.ClockTypeId = Clock.ClockTypeId
  readonly #real = Clock.make()
  readonly #sleepers = new Map<() => void, number>()
  #millis: number
  #leapt = 0

  constructor(epochMillis: number) {
    this.#millis = epochMillis
  }

  /** Everything becomes that much older. */
  leap(millis: number): void {
    this.#millis += millis
    this.age(millis)
  }

  /** What is measured becomes that much older; the time of day stays. */
  age(millis: number): void {
    this.#leapt += millis
    const now = this.elapsedMillis()
    for (const [wake, due] of this.#sleepers) if (due <= now) wake()
  }

  /** What is measured; ticks on by itself as well. */
  elapsedMillis(): number {
    return Number(this.unsafeCurrentTimeNanos() / 1_000_000n)
  }

  readonly unsafeCurrentTimeMillis = () => this.#millis

  readonly unsafeCurrentTimeNanos = () =>
    this.#real.unsafeCurrentTimeNanos() + BigInt(this.#leapt) * 1_000_000n

  readonly currentTimeMillis = Effect.sync(this.unsafeCurrentTimeMillis)

  readonly currentTimeNanos = Effect.sync(this.unsafeCurrentTimeNanos)

  readonly sleep = (duration: Duration.Duration): Effect.Effect<void> =>
    Effect.async((resume) => {
      const millis = Math.min(Duration.toMillis(duration), 2 ** 31 - 1)
      const forget = () => {
        clearTimeout(timer)
        this.#sleepers.delete(wake)
      }
      const wake = () => {
        forget()
        resume(Effect.void)
      }
      const timer = setTimeout(wake, millis)
      this.#sleepers.set(wake, this.elapsedMillis() + millis)
      return Effect.sync(forget)
    })
}
