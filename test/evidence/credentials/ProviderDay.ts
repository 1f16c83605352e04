import { keySet, next, now, type Pair, provider, token } from "../../layers/jwt/Tokens.ts"
import type { Random } from "../Random.ts"
import type { Outcome } from "../Row.ts"
import { Tally } from "../Tally.ts"
import { ask, bearer } from "./Asking.ts"
import type { KeySetServer, Mood } from "./KeySetServer.ts"
import type { SteeredClock } from "./SteeredClock.ts"

export interface ProviderDayOptions {
  /** The gateway. */
  readonly url: string
  readonly keys: KeySetServer
  readonly clock: SteeredClock
  readonly random: Random
  /** The longest time between two requests. */
  readonly stepSeconds: number
}

const daySeconds = 24 * 3600
/** What is longer was a wait for the provider: one second, allowed to the first token of an outage. */
const noWaitMillis = 800
const newKeyWithinSeconds = 60

const { ec } = provider
const tokenOf = (pair: Pair) => token(pair, { exp: now + 60 * daySeconds })

/** Days of requests with valid tokens, while the provider of their keys is in one mood or another. */
export class ProviderDay {
  readonly #given: ProviderDayOptions
  readonly #tally = new Tally()
  #longestMillis = 0
  #waits = 0
  #slowestRotationSeconds = 0
  #rotations = 0

  constructor(given: ProviderDayOptions) {
    this.#given = given
  }

  /** A day that begins with known keys and then goes on without an answer that is of use. */
  async without(mood: Mood): Promise<void> {
    const { clock, keys } = this.#given
    await this.#isBack()
    keys.mood = mood
    const end = clock.elapsedMillis() + daySeconds * 1000
    const waitsBefore = this.#waits
    while (clock.elapsedMillis() < end) {
      this.#pass()
      await this.#accepts(mood)
    }
    const waits = this.#waits - waitsBefore
    if (waits > 1) this.#tally.failed(`${waits} tokens wait for a provider that is ${mood}`)
  }

  /** A day on which the keys change every hour, each time beside those from before. */
  async rotating(): Promise<void> {
    const { keys } = this.#given
    for (let hour = 0; hour < 24; hour++) {
      keys.keys = keySet(ec)
      await this.#isBack()
      for (let minutes = this.#given.random.below(30); minutes > 0; minutes--) {
        this.#given.clock.leap(60_000)
        await this.#accepts("rotating")
      }
      keys.keys = keySet(ec, next)
      await this.#acceptsNewKey()
    }
    keys.keys = keySet(ec)
  }

  /** A day on which the provider changes its mood every few minutes. */
  async changing(): Promise<void> {
    const { clock, keys, random } = this.#given
    await this.#isBack()
    const end = clock.elapsedMillis() + daySeconds * 1000
    while (clock.elapsedMillis() < end) {
      if (random.chance(0.08)) keys.mood = random.pick(["up", "up", "down", "silent", "slow"])
      this.#pass()
      await this.#accepts(`changing, ${keys.mood}`)
    }
  }

  outcome(): Outcome {
    const most = mostWithin(this.#given.keys.asked, 60_000)
    if (most > 2) this.#tally.failed(`asks the provider ${most} times in a minute`)
    return this.#tally.outcome({
      mostFetchesPerMinute: most,
      fetches: this.#given.keys.asked.length,
      tokensThatWaited: this.#waits,
      longestMillis: Math.round(this.#longestMillis),
      rotations: this.#rotations,
      slowestRotationSeconds: this.#slowestRotationSeconds,
    })
  }

  #pass(): void {
    const { clock, keys, random, stepSeconds } = this.#given
    // Slow answers come in time only if time goes by slowly.
    clock.leap(keys.pending > 0 ? 500 : (1 + random.below(stepSeconds)) * 1000)
  }

  async #isBack(): Promise<void> {
    const { clock, keys } = this.#given
    keys.mood = "up"
    const before = keys.asked.length
    for (let tries = 0; keys.asked.length === before && tries < 100; tries++) {
      clock.leap(11 * 60_000)
      await this.#ask(ec)
    }
    // The answer is known a moment after it was asked for.
    await this.#ask(ec)
  }

  async #accepts(label: string): Promise<void> {
    const { millis, status } = await this.#ask(ec)
    this.#longestMillis = Math.max(this.#longestMillis, millis)
    if (millis > noWaitMillis) this.#waits += 1
    this.#tally.tried(label, status === 200 ? [] : [`refuses a valid token: ${status}`])
  }

  async #acceptsNewKey(): Promise<void> {
    const { clock, random } = this.#given
    const began = clock.elapsedMillis()
    const seconds = () => Math.round((clock.elapsedMillis() - began) / 1000)
    while ((await this.#ask(next)).status !== 200 && seconds() <= 2 * newKeyWithinSeconds)
      clock.leap((1 + random.below(5)) * 1000)
    this.#rotations += 1
    this.#slowestRotationSeconds = Math.max(this.#slowestRotationSeconds, seconds())
    const late = seconds() > newKeyWithinSeconds
    this.#tally.tried("a rotation", late ? [`a new key is unknown after ${seconds()} s`] : [])
  }

  #ask(pair: Pair) {
    return ask(`${this.#given.url}/api/v1/sessions`, { headers: bearer(tokenOf(pair)) })
  }
}

const mostWithin = (times: ReadonlyArray<number>, millis: number): number => {
  let [most, first] = [0, 0]
  for (const [last, time] of times.entries()) {
    while (time - times[first]! >= millis) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}
