import { describe, expect, it } from "@effect/vitest"
import { Effect, Logger, LogLevel } from "effect"
import { makeBaileysLogger } from "../../../layers/baileys/BaileysLogger.ts"

/** What is logged of five lines, one of each level, at which level. */
const logged = (least: LogLevel.LogLevel) =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const keeping = Logger.make(({ logLevel, message }) => {
      lines.push(`${logLevel.label} ${String(message)}`)
    })
    yield* Effect.gen(function* () {
      const logger = (yield* makeBaileysLogger).child({})
      for (const level of ["trace", "debug", "info", "warn", "error"] as const)
        logger[level]({ jid: "6281234567890@s.whatsapp.net" }, `${level} about 6281234567890`)
      logger.error({ jid: "6281234567890@s.whatsapp.net" })
    }).pipe(
      Effect.provide(Logger.replace(Logger.defaultLogger, keeping)),
      Logger.withMinimumLogLevel(least),
    )
    return lines
  })

describe("the library's logger", () => {
  it.scoped(
    "says warnings and errors at the level of debugging, and nothing of what they carry",
    () =>
      Effect.gen(function* () {
        expect(yield* logged(LogLevel.Debug)).toEqual([
          "DEBUG warn about 6281234567890",
          "DEBUG error about 6281234567890",
          "DEBUG baileys warned",
        ])
      }),
  )

  it.scoped("says nothing above that level", () =>
    Effect.gen(function* () {
      expect(yield* logged(LogLevel.Info)).toEqual([])
    }),
  )
})
