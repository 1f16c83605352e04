import { Effect } from "effect"
import { atEnd } from "./AtEnd.ts"
import { ask } from "./Call.ts"
import { fellSilent } from "./Disconnect.ts"
import type { Intake } from "./Intake.ts"
import { inStep } from "./OnDemand.ts"
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
 * Hundreds of idle sessions do nothing else, so no fiber has a part in it.
 */
export const keepHeartbeat = Effect.fnUntraced(function* (
  socket: Socket,
  millis: number,
  { isPaused }: Intake,
) {
  const { library } = socket
  let lastTrafficAt: number | undefined
  let missed = 0
  let open: Question | undefined
  library.ws.on("frame", () => {
    lastTrafficAt = Date.now()
  })

  const question = (): Question => {
    const heard = lastTrafficAt
    let isAnswered = false
    const forget = ask(socket, ping, () => void (isAnswered = true), ignore)
    return { isAnswered: () => isAnswered, hasHeard: () => lastTrafficAt !== heard, forget }
  }
  const judge = ({ forget, hasHeard, isAnswered }: Question) => {
    forget()
    if (isAnswered()) missed = 0
    if (isAnswered() || isPaused() || !socket.isOpen()) return
    missed += 1
    // An answer may be a long time behind a backlog that is still arriving.
    if (!hasHeard() || missed >= patience) void cut(library, fellSilent)
  }
  const beat = () => {
    // A socket that is not open has its own end.
    if (!socket.isOpen()) return
    // After what has arrived by now: the process itself may have stood still.
    if (open !== undefined) setImmediate(judge, open)
    open = open === undefined ? question() : undefined
  }
  yield* inStep(millis / 2, beat)
  yield* atEnd(Effect.sync(() => open?.forget()))
  return { lastTrafficAt: () => lastTrafficAt } satisfies Heartbeat
})

interface Question {
  readonly isAnswered: () => boolean
  /** Whether anything has come since it was asked. */
  readonly hasHeard: () => boolean
  readonly forget: () => void
}

const ignore = () => {}
