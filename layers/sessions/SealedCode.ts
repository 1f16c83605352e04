/**
 * Codes that link a phone wait in the session's row, for whichever process is asked for them. Who scans
 * one has the account: they lie there sealed, as text that fits into JSON, and never go into the log of
 * events.
 */
import type { Safe } from "../../src/ports/Safes.ts"

/** The two kinds never stand for each other. */
export type CodeKind = "qr" | "pairing"

export const sealCode = (safe: Safe, kind: CodeKind, code: string): string =>
  Buffer.from(safe.seal("code", kind, Buffer.from(code))).toString("base64")

export const openCode = (safe: Safe, kind: CodeKind, sealed: string): string =>
  Buffer.from(safe.open("code", kind, Buffer.from(sealed, "base64"))).toString()
