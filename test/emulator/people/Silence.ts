import type { UserFacingSocketConfig } from "@whiskeysockets/baileys"

type Logger = UserFacingSocketConfig["logger"] & {}

/** A logger for Baileys that says nothing. */
export const silentLogger: Logger = {
  level: "silent",
  child: () => silentLogger,
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

/** libsignal prints whole session records, private keys included, to the console; call once per process. */
export const silenceLibsignal = () => {
  for (const level of ["info", "warn", "error"] as const) {
    const print = console[level].bind(console)
    console[level] = (...words: Array<unknown>) => {
      if (!isLibsignal()) print(...words)
    }
  }
}

const isLibsignal = () => new Error("where was this printed").stack?.includes("libsignal") ?? false
