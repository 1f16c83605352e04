import type { Companion } from "../people/Companion.ts"
import { type BinaryNode, el } from "../wire/Nodes.ts"
import type { Server } from "./Server.ts"

/** Why a connection ends, with the close code the client reports for it. */
const stanzas = {
  /** 401: the device was unlinked on the phone. */
  removed: el("stream:error", { code: "401" }, [el("conflict", { type: "device_removed" })]),
  /** 440: another connection uses the same credentials. */
  replaced: el("stream:error", {}, [el("conflict", { type: "replaced" })]),
  /** 515: log in again. */
  restart: el("stream:error", { code: "515" }),
  /** 503: the service is unavailable. */
  unavailable: el("stream:error", { code: "503" }),
  /** 500: a stream error without a code. */
  uncoded: el("stream:error", {}, [el("ack")]),
  /** 403: the account is locked. */
  locked: el("stream:error", { code: "403" }),
  /** 411: the account left multi-device. */
  downgraded: el("ib", {}, [el("downgrade_webclient")]),
  /** 428: the server says goodbye. */
  end: el("xmlstreamend"),
  /** 408: the server has waited too long. */
  timedOut: el("stream:error", { code: "408" }),
  /** 428: the TCP connection is gone. */
  drop: undefined,
  /** 428: the TCP connection is gone, and says so with a reset. */
  reset: undefined,
} as const satisfies Record<string, BinaryNode | undefined>

export type Kick = keyof typeof stanzas

export const isKick = (kind: string): kind is Kick => Object.hasOwn(stanzas, kind)

/** Ends the device's connection, if it has one; `removed` also unlinks it for good. */
export const kick = (server: Server, companion: Companion, kind: Kick) => {
  if (kind === "removed") companion.person.companions.delete(companion.device)
  for (const connection of server.connections) {
    if (connection.companion !== companion) continue
    const stanza = stanzas[kind]
    if (kind === "reset") connection.wire.reset()
    else if (!stanza) connection.wire.terminate()
    else {
      connection.send(stanza)
      connection.wire.close()
    }
  }
}
