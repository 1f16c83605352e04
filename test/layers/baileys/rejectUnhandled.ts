/** Leaves two rejections unhandled, and says what became of it. */
import { Effect } from "effect"
import { setImmediate as turn } from "node:timers/promises"
import { StrayRejections } from "../../../layers/baileys/StrayRejections.ts"

const reject = Effect.promise(async () => {
  void Promise.reject(new Error("no session for 6281234567890@s.whatsapp.net"))
  void Promise.reject(1006)
  await turn()
})

const counted = Effect.gen(function* () {
  const strays = yield* StrayRejections
  yield* reject
  return strays.count()
})

const isGuarded = process.argv[2] === "guarded"
const count = await Effect.runPromise(
  isGuarded ? Effect.provide(counted, StrayRejections.Default) : Effect.as(reject, 0),
)
process.stdout.write(
  `survived ${count}, listeners left ${process.listenerCount("unhandledRejection")}\n`,
)
