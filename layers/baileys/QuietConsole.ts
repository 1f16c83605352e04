import { Effect, Layer } from "effect"

/** Every line libsignal writes by itself; it takes no logger. */
const noise = [
  "Closing session:",
  "Opening session:",
  "Session already closed",
  "Session already open",
  "Removing old closed session:",
  "Migrating session to:",
  "V1 session storage migration error:",
  "Closing open session in favor of incoming prekey bundle",
  "Failed to decrypt message with any known session...",
  "Session error:",
  "Decrypted message with closed session.",
  "Unhandled bucket type (for naming):",
]

const methods = ["log", "info", "warn", "error", "debug"] as const

const isNoise = (first: unknown) =>
  typeof first === "string" && noise.some((line) => first.startsWith(line))

const quieten = (method: (typeof methods)[number]) => {
  const original = console[method]
  const quiet = (...args: ReadonlyArray<unknown>) => {
    if (!isNoise(args[0])) original.apply(console, [...args])
  }
  console[method] = quiet
  return () => {
    if (console[method] === quiet) console[method] = original
  }
}

/** Drops libsignal's own lines while sockets live. What they carry is redacted in any case. */
export const QuietConsole = Layer.scopedDiscard(
  Effect.acquireRelease(
    Effect.sync(() => methods.map(quieten)),
    (restore) => Effect.sync(() => restore.forEach((undo) => undo())),
  ),
)
