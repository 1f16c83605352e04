import { Effect, Layer } from "effect"
import { SessionDirectory as SessionDirectoryPort } from "../../src/ports/SessionDirectory.ts"
import { Sessions } from "../../src/ports/Sessions.ts"

/** Holds no more of `Sessions` than its two ways to look. */
export const SessionDirectory = Layer.effect(
  SessionDirectoryPort,
  Effect.map(Sessions, ({ get, list }) => ({ get, list })),
)
