import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Logger, LogLevel } from "effect"
import { lasting } from "./Lasting.ts"

describe("what lasts of an output", () => {
  it.effect("is every line but those that the gateway's own log calls debug", () =>
    Effect.gen(function* () {
      const lines = ["Listening on http://127.0.0.1:3000"]
      const json = Logger.map(Logger.jsonLogger, (line) => void lines.push(line))
      yield* Effect.logDebug("a phone").pipe(
        Effect.zipRight(Effect.logInfo("a session")),
        Effect.provide(Logger.replace(Logger.defaultLogger, json)),
        Logger.withMinimumLogLevel(LogLevel.Debug),
      )
      deepStrictEqual(lines.length, 3)
      deepStrictEqual(lasting(lines.join("\n")).split("\n"), [lines[0], lines[2]])
    }),
  )
})
