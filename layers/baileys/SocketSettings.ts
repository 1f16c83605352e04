import { Context } from "effect"
import type { Reconciliation } from "./GroupReconciliation.ts"
import type { WAVersion } from "./Vendor.ts"

/** How sockets reach WhatsApp and what they say they are. */
export class SocketSettings extends Context.Tag("layers/baileys/SocketSettings")<
  SocketSettings,
  {
    /** `wss://`; `ws://` is taken for a loopback host alone, since only TLS proves who answers. */
    readonly url: URL
    /** WhatsApp turns old ones away; default: the one the library pins. */
    readonly version?: WAVersion
    /** How long one QR code is shown, in milliseconds; default: 60 s for the first, then 20 s. */
    readonly qrTimeout?: number
    /** How often a connection has to prove that it lives, in milliseconds; default: 29 s. */
    readonly heartbeat?: number
  } & Reconciliation
>() {}

const loopback = new Set(["127.0.0.1", "[::1]", "localhost"])

/**
 * Dies on a URL, or in an environment, in which anybody could answer in WhatsApp's name: the library
 * itself believes every certificate of the protocol inside. The variable is no setting of ours: Node
 * itself obeys it, so the process is asked and not `Settings`.
 */
export const trustedUrl = (url: URL, env = process.env): URL => {
  if (url.protocol === "wss:" && env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0")
    throw new Error("WhatsApp is not reached while NODE_TLS_REJECT_UNAUTHORIZED is 0")
  const isTrusted =
    url.protocol === "wss:" || (url.protocol === "ws:" && loopback.has(url.hostname))
  if (!isTrusted) throw new Error(`WhatsApp is reached over wss://, not ${url.protocol}//`)
  return url
}
