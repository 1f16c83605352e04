import { Effect, Option } from "effect"
import type { AuthState } from "./AuthState.ts"
import { call, isLimit } from "./Call.ts"
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
 * Proves that a connection carries traffic, and lets in what was seen before. After the first login
 * every group is stored for that; later ones leave it to what WhatsApp tells and to reconciliation, so
 * that a gateway that starts with hundreds of sessions has them all work before it looks at their
 * groups. A limit of WhatsApp's is an answer too, and the groups follow by themselves when it allows.
 */
export const prove = Effect.fnUntraced(function* (
  socket: Socket,
  groups: GroupFeed & GroupHints,
  ingest: Ingest,
  { groupsStored, hasGroups }: Pick<AuthState, "groupsStored" | "hasGroups">,
) {
  // A refusal is an answer.
  const pinged = Effect.catchTag(call(socket, ping), "Refusal", () => Effect.void)
  if (hasGroups) return yield* Effect.zipRight(pinged, ingest.begin)

  const scope = yield* Effect.scope
  const { spend } = socket.budget
  const syncAll = Effect.zipRight(groups.syncAll, groupsStored)

  const later = Effect.zipRight(spend, syncAll).pipe(
    Effect.retry({ while: isLimit }),
    Effect.catchAll(() => Effect.sync(groups.hintAll)),
    Effect.catchAllCause((cause) => Effect.logError("groups were not stored", cause)),
    Effect.zipRight(ingest.begin),
  )
  const putOff = Effect.zipRight(
    Effect.forkIn(later, scope),
    Effect.forkIn(Effect.delay(ingest.begin, heldBack), scope),
  )
  return yield* Effect.timeoutOption(spend, patience).pipe(
    Effect.flatMap((free) =>
      Option.isSome(free)
        ? Effect.zipRight(syncAll, ingest.begin)
        : Effect.zipRight(pinged, putOff),
    ),
    Effect.catchIf(isLimit, () => putOff),
  )
})
