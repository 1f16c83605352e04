import { Effect, Layer } from "effect"
import { type Safe, Safes } from "../../src/ports/Safes.ts"

const plain: Safe = {
  seal: (_type, _id, content) => content,
  open: (_type, _id, sealed) => sealed,
}

/** Stores everything as it is. */
export const PlainSafes = Layer.succeed(Safes, { of: () => Effect.succeed(plain) })
