import type { ClosedReason } from "../../src/domain/Session.ts"
import type { Closed } from "../sessions/Connector.ts"
import { nameless } from "./Nameless.ts"
import { isUntrusted } from "./Untrusted.ts"

/** Of WhatsApp itself, in a `failure` or a stream error. */
const reasons: Readonly<Record<number, ClosedReason>> = {
  400: "untrusted",
  401: "logged_out",
  402: "suspended",
  403: "locked",
  405: "outdated",
  406: "banned",
  409: "refused",
  411: "downgraded",
  440: "replaced",
  500: "unclear",
  503: "unavailable",
  515: "restart",
}

/** What the library calls the end of the last QR code, with the code of a lost connection. */
const unscanned = "QR refs attempts ended"

/**
 * Begins the text of whatever happened before WhatsApp could be spoken to. The library takes the
 * status of a proxy's answer for WhatsApp's own: 401 would then unlink the account.
 */
const transport = "WebSocket Error"

/** Somebody in between, or at WhatsApp's door, answered a new connection with a status. */
export const turnedAway = (statusCode: number) =>
  Object.assign(new Error(`${transport} (turned away with ${statusCode})`), {
    output: { statusCode },
  })

/** The end of a connection that does not answer any more. */
export const fellSilent = Object.assign(new Error("whatsapp stopped answering"), { silent: true })

/** Whatever has no meaning of its own is taken as a lost connection: credentials survive a guess. */
export const closedBy = (error: unknown): Closed => {
  const code = statusOf(error)
  const text = error instanceof Error ? error.message : "closed"
  const retryAfterMillis = suspensionOf(error)
  return {
    _tag: "Closed",
    reason: reasonOf(error, code, text),
    code,
    text: nameless(text),
    ...(retryAfterMillis === undefined ? {} : { retryAfterMillis }),
  }
}

const reasonOf = (error: unknown, code: number, text: string): ClosedReason => {
  if (error === fellSilent) return "silent"
  if (text === unscanned) return "unscanned"
  if (isUntrusted(causeOf(error))) return "untrusted"
  // Of the handshake, 400 is about a certificate; of WhatsApp itself, about the device.
  if (code === 400 && isFailure(causeOf(error))) return "refused"
  if (text.startsWith(transport)) return code === 503 || code === 429 ? "unavailable" : "lost"
  return reasons[code] ?? "lost"
}

const statusOf = (error: unknown): number => {
  if (typeof error !== "object" || error === null || !("output" in error)) return 428
  const { output } = error
  if (typeof output !== "object" || output === null || !("statusCode" in output)) return 428
  return Number(output.statusCode)
}

/** Whatever the library knew of it when it ended. */
const causeOf = (error: unknown): unknown =>
  typeof error === "object" && error !== null && "data" in error ? error.data : undefined

/** Whether WhatsApp has said so itself, in a `failure`. */
const isFailure = (cause: unknown) =>
  typeof cause === "object" && cause !== null && "reason" in cause

/** A suspension says for how many seconds. */
const suspensionOf = (error: unknown): number | undefined => {
  const data = causeOf(error)
  if (typeof data !== "object" || data === null || !("expire" in data)) return undefined
  const seconds = Number(data.expire)
  return Number.isFinite(seconds) ? seconds * 1000 : undefined
}
