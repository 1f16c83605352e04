import { type Cause, Effect, Fiber, Runtime } from "effect"
import { atEnd } from "./AtEnd.ts"
import { runtimeHere } from "./RuntimeHere.ts"

/**
 * Makes work that is done whenever it is asked for, once for all who ask meanwhile, until the scope
 * closes. In between nothing waits for it: a fiber that waits takes ten kilobytes, and every session
 * would have several. What breaks is done again by whoever asks next.
 */
export const onDemand = (work: Effect.Effect<unknown>) =>
  Effect.gen(function* () {
    const demand = new Demand(yield* runtimeHere, work)
    yield* atEnd(Effect.suspend(() => demand.end()))
    return () => demand.ask()
  })

class Demand {
  readonly #runtime: Runtime.Runtime<never>
  readonly #work: Effect.Effect<unknown>
  #fiber: Fiber.RuntimeFiber<unknown> | undefined
  #isAsked = false
  #isBusy = false
  #isOver = false

  constructor(runtime: Runtime.Runtime<never>, work: Effect.Effect<unknown>) {
    this.#runtime = runtime
    this.#work = work
  }

  ask() {
    this.#isAsked = true
    if (this.#isBusy || this.#isOver) return
    this.#isBusy = true
    const rounds = Effect.tapErrorCause(this.#rounds(), (cause) => this.#breakDown(cause))
    const fiber = Runtime.runFork(this.#runtime, rounds)
    this.#fiber = fiber
    fiber.addObserver(() => {
      this.#fiber = undefined
    })
  }

  end(): Effect.Effect<unknown> {
    this.#isOver = true
    return this.#fiber === undefined ? Effect.void : Fiber.interrupt(this.#fiber)
  }

  #rounds() {
    return Effect.repeat(
      Effect.suspend(() => {
        this.#isAsked = false
        return this.#work
      }),
      { while: () => (this.#isBusy = this.#isAsked) },
    )
  }

  #breakDown(cause: Cause.Cause<unknown>) {
    this.#isBusy = false
    return Effect.logError("work of a session broke down", cause)
  }
}

/** Calls after so many milliseconds, unless the scope closes before. */
export const once = (millis: number, call: () => void) =>
  untilEnd(() => {
    const timer = setTimeout(call, millis)
    return () => clearTimeout(timer)
  })

/** Calls every so many milliseconds until the scope closes. */
export const every = (millis: number, call: () => void) =>
  untilEnd(() => {
    const timer = setInterval(call, millis)
    return () => clearInterval(timer)
  })

/** In milliseconds. */
const step = 1_000

/**
 * Calls as often, at moments that all who wait so long share: to wake the process for each of a
 * thousand sessions apart costs more than what most of them then do.
 */
export const inStep = (millis: number, call: () => void) =>
  untilEnd(() => {
    const width = Math.min(step, millis)
    const begin = () => {
      timer = setInterval(call, millis)
    }
    let timer = setTimeout(begin, width - (Date.now() % width))
    return () => clearTimeout(timer)
  })

const untilEnd = (start: () => () => void) =>
  Effect.uninterruptible(Effect.flatMap(Effect.sync(start), (stop) => atEnd(Effect.sync(stop))))
