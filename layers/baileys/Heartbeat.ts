import { Effect } from "effect"
import { call } from "./Call.ts"
import { fellSilent } from "./Disconnect.ts"
import type { Intake } from "./Intake.ts"
import { every, onDemand } from "./OnDemand.ts"
import { cut, type Socket } from "./Socket.ts"
import type { BinaryNode } from "./Vendor.ts"

/** What is heard of WhatsApp on one connection. */
export interface Heartbeat {
  /** Epoch milliseconds. */
  readonly lastTrafficAt: () => number | undefined
}

/** The one question that WhatsApp never minds. */
export const ping: BinaryNode = {
  tag: "iq",
  attrs: { to: "s.whatsapp.net", type: "get", xmlns: "w:p" },
  content: [{ tag: "ping", attrs: {} }],
}

/** Questions in a row that stay open while other traffic arrives, until it is called silence. */
const patience = 3

/**
 * Asks WhatsApp for a sign of life and cuts a line that gives none within half the time. The library
 * notices too, after a minute, and then waits half a minute more for the dead side to say goodbye.
 */
export const keepHeartbeat = Effect.fnUntraced(function* (
  socket: Socket,
  millis: number,
  { isPaused }: Intake,
) {
  let lastTrafficAt: number | undefined
  let missed = 0
  socket.library.ws.on("frame", () => {
    lastTrafficAt = Date.now()
  })

  const beat = Effect.suspend(() => {
    const heard = lastTrafficAt
    return call(socket, ping, millis / 2).pipe(
      // A refusal is an answer, and a socket that is not open has its own end.
      Effect.catchTags({ Refusal: () => Effect.void, SessionOffline: () => Effect.void }),
      Effect.zipRight(Effect.sync(() => void (missed = 0))),
      Effect.catchTag("UpstreamSilent", () => {
        if (isPaused()) return Effect.void
        missed += 1
        // An answer may be a long time behind a backlog that is still arriving.
        if (lastTrafficAt !== heard && missed < patience) return Effect.void
        return Effect.promise(() => cut(socket.library, fellSilent))
      }),
    )
  })
  yield* every(millis, yield* onDemand(beat))
  return { lastTrafficAt: () => lastTrafficAt } satisfies Heartbeat
})
