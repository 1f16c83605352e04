import { Effect, FiberRef, LogLevel, Runtime } from "effect"
import { runtimeHere } from "./RuntimeHere.ts"
import type { UserFacingSocketConfig } from "./Vendor.ts"

type BaileysLogger = NonNullable<UserFacingSocketConfig["logger"]>

const ignore = () => {}

/**
 * The library's warnings as our debug lines: they name people and groups, so they appear at no
 * higher level, and what it logs below a warning (whole stanzas) appears nowhere.
 */
export const makeBaileysLogger = Effect.gen(function* () {
  const least = yield* FiberRef.get(FiberRef.currentMinimumLogLevel)
  const runFork = Runtime.runFork(yield* runtimeHere)
  const write = (about: unknown, message?: string) => {
    runFork(Effect.logDebug(message ?? (typeof about === "string" ? about : "baileys warned")))
  }
  const warn = LogLevel.lessThanEqual(least, LogLevel.Debug) ? write : ignore
  const logger: BaileysLogger = {
    level: "silent",
    child: () => logger,
    trace: ignore,
    debug: ignore,
    info: ignore,
    warn,
    error: warn,
  }
  return logger
})
