import { Effect } from "effect"
import type { GroupJid } from "../../src/domain/Jid.ts"
import { isGone, isOut } from "./GroupChanges.ts"
import { fetchMetadata, jidOf, type ListedGroup, metadataIn } from "./GroupQueries.ts"
import { type GroupSeen, groupSeen, memberReader } from "./GroupSighting.ts"
import { giveWay, inPieces } from "./InPieces.ts"
import type { Socket } from "./Socket.ts"
import { type BinaryNode, getBinaryNodeChildren, type GroupMetadata } from "./Vendor.ts"
import { integerIn } from "./WireNumbers.ts"

/** Members per answer and per transaction: what is done with them in a piece stops every session of the process. */
const most = 6_000
/** Groups that are read without giving way to other sessions. */
const atOnce = 10

/** Groups of which WhatsApp does not say how large they are count as fairly large ones. */
const sizeOf = ({ size = 500 }: ListedGroup) => size

/** Which groups are asked for together. */
export const pagesOf = (groups: ReadonlyArray<ListedGroup>) =>
  portions(groups, sizeOf).map((few) => few.map(({ jid }) => jid))

/** Which of the answered groups are stored together. */
export const chunksOf = (groups: ReadonlyArray<BinaryNode>) =>
  portions(groups, (group) => getBinaryNodeChildren(group, "participant").length)

/** Nothing is split; what is empty is not free either. */
const portions = <A>(all: ReadonlyArray<A>, sizeOf: (one: A) => number) => {
  const found: Array<Array<A>> = []
  let room = 0
  for (const one of all) {
    if (room <= 0) {
      found.push([])
      room = most
    }
    found.at(-1)!.push(one)
    room -= sizeOf(one) + 20
  }
  return found
}

/** What an answer says about groups that were asked for. */
export interface ReadGroups {
  readonly seen: ReadonlyArray<GroupSeen>
  /** The account is no longer in these. */
  readonly gone: ReadonlyArray<GroupJid>
}

/** Reads what was answered; what WhatsApp left out of a large answer is asked for by itself. */
export const readGroups = Effect.fnUntraced(function* (
  socket: Socket,
  groups: ReadonlyArray<BinaryNode>,
) {
  const refused = groups.filter(({ attrs }) => attrs["error"] !== undefined)
  const whole = groups.filter(({ attrs }) => attrs["error"] === undefined)
  const readMember = memberReader()
  yield* giveWay
  const seen = yield* inPieces(whole, atOnce, (group) => seenIn(socket, group, readMember))
  const read: ReadGroups = {
    seen: seen.flatMap((group) => group ?? []),
    gone: refused
      .filter(({ attrs }) => isOut(integerIn(attrs["error"]) ?? 500))
      .flatMap((group) => jidOf(group) ?? []),
  }
  return read
})

const seenIn = (socket: Socket, group: BinaryNode, readMember: ReturnType<typeof memberReader>) => {
  const jid = jidOf(group)
  const read = (metadata: GroupMetadata) => groupSeen(metadata, readMember)
  if (group.attrs["truncated"] !== "true" || jid === undefined)
    return Effect.map(metadataIn({ tag: "result", attrs: {}, content: [group] }), read)
  return fetchMetadata(socket, jid).pipe(
    Effect.delay("100 millis"),
    Effect.map(read),
    Effect.catchIf(isGone, () => Effect.succeed(undefined)),
  )
}
