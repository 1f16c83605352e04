import { Clock, Effect } from "effect"
import { onDemand } from "./OnDemand.ts"
import type { WASocket } from "./Vendor.ts"

/** What may wait to be taken in until the line is stopped, and when it runs again. */
const marks = { high: 1_000, low: 200 }

/** Milliseconds without any progress after which the count is not believed, and some more let in. */
const standstill = 10_000

/** Bytes of one message. A frame of WhatsApp's protocol has at most 16 MiB. */
const largest = 24 * 1024 * 1024

export interface Intake {
  /** Whether WhatsApp is kept waiting: it is not heard then, and not silent for that. */
  readonly isPaused: () => boolean
}

/**
 * Bounds what one session holds in memory of what it has not taken in yet. Whatever is too much stays
 * on the line, where WhatsApp sees that nobody takes it.
 */
export const boundIntake = Effect.fnUntraced(function* ({ ws }: WASocket, waiting: () => number) {
  let paused = false
  const resume = Effect.gen(function* () {
    let least = waiting()
    let since = yield* Clock.currentTimeMillis
    while (waiting() > marks.low) {
      yield* Effect.sleep("20 millis")
      const now = yield* Clock.currentTimeMillis
      if (now - since >= standstill) break
      if (waiting() >= least) continue
      least = waiting()
      since = now
    }
    paused = false
    lineOf(ws)?.resume()
  })
  const wake = yield* onDemand(resume)
  ws.on("frame", () => {
    if (paused || waiting() < marks.high) return
    paused = true
    lineOf(ws)?.pause()
    wake()
  })
  boundMessages(ws)
  ws.on("open", () => boundMessages(ws))
  return { isPaused: () => paused } satisfies Intake
})

/** Otherwise it takes 100 MiB of a message that never ends. Private, and the only way to it. */
const boundMessages = (ws: WASocket["ws"]) => {
  const line: unknown = Reflect.get(ws, "socket")
  const receiver: unknown = isObject(line) && Reflect.get(line, "_receiver")
  if (isObject(receiver)) Reflect.set(receiver, "_maxPayload", largest)
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null

interface Line {
  readonly pause: () => void
  readonly resume: () => void
}

/** Protected, and the only way to it. */
const lineOf = (ws: WASocket["ws"]): Line | undefined => {
  const line: unknown = Reflect.get(ws, "socket")
  return isObject(line) && "pause" in line ? (line as Line) : undefined
}
