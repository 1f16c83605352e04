import { Array, Effect } from "effect"
import { setImmediate } from "node:timers/promises"

/** Lets whatever else is ready in this process go first. */
export const giveWay = Effect.promise(() => setImmediate())

/** One after the other, in order; gives way to other sessions after every so many. */
export const inPieces = <A, B, E, R>(
  all: ReadonlyArray<A>,
  atOnce: number,
  work: (one: A) => Effect.Effect<B, E, R>,
): Effect.Effect<ReadonlyArray<B>, E, R> =>
  all.length <= atOnce
    ? Effect.forEach(all, work)
    : Effect.forEach(Array.chunksOf(all, atOnce), (few) =>
        Effect.zipLeft(Effect.forEach(few, work), giveWay),
      ).pipe(Effect.map((pieces) => pieces.flat()))
