import { Console, Effect, Layer, Schedule } from "effect"
import { toString } from "qrcode"
import type { SessionId } from "../src/domain/Session.ts"
import type { RunningSession } from "./sessions/RunningSession.ts"
import { SessionRuntime } from "./sessions/SessionRuntime.ts"

const drawing = Layer.scopedDiscard(
  Effect.gen(function* () {
    const runtime = yield* SessionRuntime
    const drawn = new Map<SessionId, string>()

    const draw = Effect.fnUntraced(function* (session: SessionId, text: string) {
      drawn.set(session, text)
      const picture = yield* Effect.promise(() => toString(text, { type: "terminal", small: true }))
      yield* Console.log(
        `Scan with WhatsApp › Linked devices, for session ${session}:\n\n${picture}`,
      )
    })

    const drawNew = Effect.fnUntraced(function* ({ code, session }: RunningSession) {
      if (code === undefined) drawn.delete(session)
      else if (drawn.get(session) !== code.code) yield* draw(session, code.code)
    })

    const drawAll = Effect.suspend(() => {
      const all = runtime.all()
      const ids = new Set(all.map(({ session }) => session))
      for (const session of drawn.keys()) if (!ids.has(session)) drawn.delete(session)
      return Effect.forEach(all, drawNew)
    })

    yield* drawAll.pipe(Effect.repeat(Schedule.spaced("500 millis")), Effect.forkScoped)
  }),
)

/**
 * Draws the code of every session that waits for a phone, each once, in the terminal. Where there is
 * none it draws nothing: who scans a code has the account, and a log is kept.
 */
export const TerminalQr = (out: { readonly isTTY?: boolean }) =>
  out.isTTY === true ? drawing : Layer.empty
