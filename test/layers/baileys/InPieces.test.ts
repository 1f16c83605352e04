import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { inPieces } from "../../../layers/baileys/InPieces.ts"

const workBeside = (count: number) =>
  Effect.gen(function* () {
    const order: Array<number | "another session"> = []
    setImmediate(() => order.push("another session"))
    const made = yield* inPieces(
      Array.from({ length: count }, (_, index) => index),
      2,
      (one) => Effect.sync(() => (order.push(one), one * 10)),
    )
    return { made, order }
  })

it.effect("gives way after each piece and keeps the order", () =>
  Effect.gen(function* () {
    const { made, order } = yield* workBeside(5)
    expect(made).toEqual([0, 10, 20, 30, 40])
    expect(order).toEqual([0, 1, "another session", 2, 3, 4])
  }),
)

it.effect("does not give way when there is one piece", () =>
  Effect.gen(function* () {
    const { made, order } = yield* workBeside(2)
    expect(made).toEqual([0, 10])
    expect(order).toEqual([0, 1])
  }),
)
