import { Effect, Stream } from "effect"
import type { GroupJid } from "../../src/domain/Jid.ts"
import type { JoinRequestSeen, Sighting } from "../../src/domain/Sighting.ts"
import { Sightings } from "../../src/ports/Sightings.ts"
import type { CallFailure } from "./Call.ts"
import { fetchMetadata, listGroups, readGroups, sizeOf } from "./GroupQueries.ts"
import { fetchRequests } from "./GroupRequests.ts"
import { groupSeen } from "./GroupSighting.ts"
import type { Socket } from "./Socket.ts"
import type { BinaryNode } from "./Vendor.ts"

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

/** Members per transaction: what is made of them at once stops every session of the process. */
const chunk = 2_000

export const makeGroupFeed = Effect.fnUntraced(function* (socket: Socket) {
  const sightings = yield* Sightings
  const store = (seen: ReadonlyArray<Sighting>) =>
    sightings.store(socket.organization, socket.session, seen)
  // What was asked earlier is stored earlier: a slow answer never overwrites a newer one.
  const inOrder = (yield* Effect.makeSemaphore(1)).withPermits(1)

  const storeLeft = (jid: GroupJid) => store([{ _tag: "GroupLeft", jid }])

  const feed: GroupFeed = {
    syncAll: inOrder(
      Effect.gen(function* () {
        const jids: Array<GroupJid> = []
        yield* Stream.fromIterable(inChunks(yield* listGroups(socket))).pipe(
          Stream.mapEffect(readGroups),
          // The next ones are read while the database stores these.
          Stream.buffer({ capacity: 1 }),
          Stream.runForEach((groups) => {
            jids.push(...groups.map(({ jid }) => jid))
            return store(groups)
          }),
        )
        yield* store([{ _tag: "GroupsListed", jids }])
      }),
    ),
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

/** WhatsApp tells a stranger nothing about a group, and nobody about one that is no more. */
const isGone = (failure: CallFailure) =>
  failure._tag === "Refusal" && (failure.code === 403 || failure.code === 404)

/** A group is never split. */
const inChunks = (groups: ReadonlyArray<BinaryNode>): ReadonlyArray<ReadonlyArray<BinaryNode>> => {
  const chunks: Array<Array<BinaryNode>> = []
  let room = 0
  for (const group of groups) {
    if (room <= 0) {
      chunks.push([])
      room = chunk
    }
    chunks.at(-1)!.push(group)
    // One without members is not free either.
    room -= sizeOf(group) + 20
  }
  return chunks
}
