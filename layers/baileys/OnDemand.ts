import { Effect, Fiber, Runtime } from "effect"
import { atEnd } from "./AtEnd.ts"

/**
 * Makes work that is done whenever it is asked for, once for all who ask meanwhile, until the scope
 * closes. In between nothing waits for it: a fiber that waits takes ten kilobytes, and every session
 * would have several. What breaks is done again by whoever asks next.
 */
export const onDemand = Effect.fnUntraced(function* <R>(work: Effect.Effect<unknown, never, R>) {
  const runtime = yield* Effect.runtime<R>()
  let fiber: Fiber.RuntimeFiber<void> | undefined
  let isAsked = false
  let isBusy = false
  let isOver = false
  const rounds = function* () {
    do {
      isAsked = false
      yield* work
    } while ((isBusy = isAsked))
  }
  const begin = () => {
    isBusy = true
    fiber = Runtime.runFork(runtime, Effect.tapErrorCause(Effect.gen(rounds), brokenDown))
    fiber.addObserver(() => {
      fiber = undefined
    })
  }
  const brokenDown = (cause: unknown) => {
    isBusy = false
    return Effect.logError("work of a session broke down", cause)
  }
  const end = Effect.suspend(() => {
    isOver = true
    return fiber === undefined ? Effect.void : Fiber.interrupt(fiber)
  })
  yield* atEnd(end)
  return () => {
    isAsked = true
    if (!isBusy && !isOver) begin()
  }
})

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
