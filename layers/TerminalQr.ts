import { Console, Effect, Layer, Option, Schedule, SubscriptionRef } from "effect"
import { toString } from "qrcode"
import type { SessionId } from "../src/domain/Session.ts"
import type { RunningSession } from "./sessions/RunningSession.ts"
import { SessionRuntime } from "./sessions/SessionRuntime.ts"

/** Draws the code of every session that waits for a phone, each once, in the terminal. */
export const TerminalQr = Layer.scopedDiscard(
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

    const drawNew = ({ code, session }: RunningSession) =>
      Effect.flatMap(SubscriptionRef.get(code), (current) =>
        Option.isSome(current) && drawn.get(session) !== current.value.code
          ? draw(session, current.value.code)
          : Effect.void,
      )

    yield* Effect.suspend(() => Effect.forEach(runtime.all(), drawNew)).pipe(
      Effect.repeat(Schedule.spaced("500 millis")),
      Effect.forkScoped,
    )
  }),
)
