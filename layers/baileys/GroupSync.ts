import { Effect, Option } from "effect"
import { call, type CallFailure } from "./Call.ts"
import type { GroupFeed } from "./GroupFeed.ts"
import type { GroupHints } from "./GroupHints.ts"
import { ping } from "./Heartbeat.ts"
import type { Ingest } from "./Ingest.ts"
import type { Socket } from "./Socket.ts"

/** A budget that takes longer is held. */
const patience = "2 seconds"

/** What was seen meanwhile waits no longer for groups that WhatsApp is in no hurry to tell. */
const heldBack = "1 minute"

/**
 * Stores every group once, after a login, and lets in what was seen before. A limit of WhatsApp's is
 * an answer too: it proves that the connection carries traffic, and the groups follow by themselves
 * when WhatsApp allows.
 */
export const makeGroupSync = Effect.fnUntraced(function* (
  socket: Socket,
  groups: GroupFeed & GroupHints,
  ingest: Ingest,
) {
  const scope = yield* Effect.scope
  const { spend } = socket.budget

  const later = Effect.zipRight(spend, groups.syncAll).pipe(
    Effect.retry({ while: isLimit }),
    Effect.catchAll(() => Effect.sync(groups.hintAll)),
    Effect.catchAllCause((cause) => Effect.logError("groups were not stored", cause)),
    Effect.zipRight(ingest.begin),
  )
  const putOff = Effect.zipRight(
    Effect.forkIn(later, scope),
    Effect.forkIn(Effect.delay(ingest.begin, heldBack), scope),
  )
  const sync: Effect.Effect<unknown, CallFailure> = Effect.timeoutOption(spend, patience).pipe(
    Effect.flatMap((free) =>
      Option.isSome(free)
        ? Effect.zipRight(groups.syncAll, ingest.begin)
        : Effect.zipRight(call(socket, ping), putOff),
    ),
    Effect.catchIf(isLimit, () => putOff),
  )
  return Effect.asVoid(sync)
})

const isLimit = (failure: CallFailure) => failure._tag === "Refusal" && failure.code === 429
