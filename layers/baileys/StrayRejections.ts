import { Effect, Metric, Runtime } from "effect"
import { nameless } from "./Nameless.ts"

const strays = Metric.counter("baileys_stray_rejections", {
  description: "rejections the library left unhandled",
  incremental: true,
})

/**
 * Outlives what Baileys leaves unhandled: one socket's rejection would otherwise end the process,
 * and with it every other organization's sockets.
 */
export class StrayRejections extends Effect.Service<StrayRejections>()(
  "layers/baileys/StrayRejections",
  {
    scoped: Effect.gen(function* () {
      const runFork = Runtime.runFork(yield* Effect.runtime<never>())
      let seen = 0
      const survive = (reason: unknown) => {
        seen += 1
        // The message only: a rejection may carry a stanza.
        const text = reason instanceof Error ? nameless(reason.message) : typeof reason
        const warned = Effect.logWarning("a rejection was left unhandled", text)
        runFork(Effect.zipRight(Metric.increment(strays), warned))
      }
      yield* Effect.acquireRelease(
        Effect.sync(() => process.on("unhandledRejection", survive)),
        () => Effect.sync(() => process.off("unhandledRejection", survive)),
      )
      return { count: () => seen } as const
    }),
  },
) {}
