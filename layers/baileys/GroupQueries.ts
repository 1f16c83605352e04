import { Array, Effect } from "effect"
import { setImmediate } from "node:timers/promises"
import type { GroupJid } from "../../src/domain/Jid.ts"
import { call, type Refusal, unreadable } from "./Call.ts"
import { type GroupSeen, groupSeen } from "./GroupSighting.ts"
import type { Socket } from "./Socket.ts"
import {
  type BinaryNode,
  extractGroupMetadata,
  getBinaryNodeChild,
  getBinaryNodeChildren,
} from "./Vendor.ts"

/** A question about a group, or about all of them. */
export const ask = (to: string, content: BinaryNode): BinaryNode => ({
  tag: "iq",
  attrs: { to, xmlns: "w:g2", type: "get" },
  content: [content],
})

export const metadataIn = (node: BinaryNode) =>
  Effect.try({ try: () => extractGroupMetadata(node), catch: () => unreadable })

/** A group's metadata as WhatsApp has it now. */
export const fetchMetadata = (socket: Socket, group: GroupJid) =>
  Effect.flatMap(
    call(socket, ask(group, { tag: "query", attrs: { request: "interactive" } })),
    metadataIn,
  )

/** Every group the account is in, as WhatsApp put it. */
export const listGroups = Effect.fnUntraced(function* (socket: Socket) {
  const groups = yield* askForGroups(socket)
  // Only an answer that says so twice is believed to mean that the account is in no group.
  return groups.length === 0 ? yield* askForGroups(socket) : groups
})

const askForGroups = Effect.fnUntraced(function* (socket: Socket) {
  const answer = yield* call(socket, participating, "45 seconds")
  const groups = getBinaryNodeChild(answer, "groups")
  return groups === undefined ? yield* unreadable : getBinaryNodeChildren(groups, "group")
})

/** How many members a listed group has. */
export const sizeOf = (group: BinaryNode): number =>
  getBinaryNodeChildren(group, "participant").length

/** What the listed groups are. */
export const readGroups = (groups: ReadonlyArray<BinaryNode>) =>
  Effect.forEach(Array.chunksOf(groups, atOnce), (few) =>
    Effect.zipRight(giveWay, Effect.forEach(few, seenIn)),
  ).pipe(Effect.map((seen) => seen.flat().flatMap((group) => group ?? [])))

/** Groups that are read without giving way: other sessions of the process wait meanwhile. */
const atOnce = 10

const giveWay = Effect.promise(() => setImmediate())

const participating = ask("@g.us", {
  tag: "participating",
  attrs: {},
  content: [
    { tag: "participants", attrs: {} },
    { tag: "description", attrs: {} },
  ],
})

const seenIn = (group: BinaryNode): Effect.Effect<GroupSeen | undefined, Refusal> =>
  Effect.map(metadataIn({ tag: "result", attrs: {}, content: [group] }), groupSeen)
