import { Effect } from "effect"
import type { GroupJid } from "../../src/domain/Jid.ts"
import type { JoinRequestSeen, Sighting } from "../../src/domain/Sighting.ts"
import { Sightings } from "../../src/ports/Sightings.ts"
import type { CallFailure } from "./Call.ts"
import { isGone } from "./GroupChanges.ts"
import { fetchMetadata } from "./GroupQueries.ts"
import { fetchRequests } from "./GroupRequests.ts"
import { groupSeen } from "./GroupSighting.ts"
import { makeGroupSync } from "./GroupSync.ts"
import type { Socket } from "./Socket.ts"

/** Keeps the stored groups of one connection as WhatsApp has them. */
export interface GroupFeed {
  /** Stores every group, in pieces, and then which ones there are. */
  readonly syncAll: Effect.Effect<void, CallFailure>
  /** Stores one group as it is now, or that the account is no longer in it. */
  readonly refresh: (group: GroupJid) => Effect.Effect<void, CallFailure>
  readonly left: (group: GroupJid) => Effect.Effect<void>
  /** Stores what WhatsApp told of its own accord. */
  readonly see: (seen: ReadonlyArray<Sighting>) => Effect.Effect<void>
  /** Stores who asks to be let into the group now, and answers them. */
  readonly refreshRequests: (
    group: GroupJid,
  ) => Effect.Effect<ReadonlyArray<JoinRequestSeen>, CallFailure>
}

export const makeGroupFeed = Effect.fnUntraced(function* (socket: Socket) {
  const sightings = yield* Sightings
  const store = (seen: ReadonlyArray<Sighting>) =>
    sightings.store(socket.organization, socket.session, seen)
  // What was asked earlier is stored earlier: a slow answer never overwrites a newer one.
  const inOrder = (yield* Effect.makeSemaphore(1)).withPermits(1)

  const storeLeft = (jid: GroupJid) => store([{ _tag: "GroupLeft", jid }])

  const feed: GroupFeed = {
    syncAll: inOrder(makeGroupSync(socket, store)),
    refresh: (group) =>
      inOrder(
        fetchMetadata(socket, group).pipe(
          Effect.map(groupSeen),
          Effect.flatMap((seen) => (seen === undefined ? Effect.void : store([seen]))),
          Effect.catchIf(isGone, () => storeLeft(group)),
        ),
      ),
    left: (group) => inOrder(storeLeft(group)),
    see: (seen) => inOrder(store(seen)),
    refreshRequests: (group) =>
      inOrder(
        Effect.tap(fetchRequests(socket, group), (requests) =>
          store([{ _tag: "JoinRequestsSeen", group, requests }]),
        ),
      ),
  }
  return feed
})
