import { type Duration, Effect } from "effect"
import { type GroupJid, isGroupJid } from "../../src/domain/Jid.ts"
import { call, unreadable } from "./Call.ts"
import type { Socket } from "./Socket.ts"
import {
  type BinaryNode,
  extractGroupMetadata,
  getBinaryNodeChild,
  getBinaryNodeChildren,
} from "./Vendor.ts"
import { integerIn } from "./WireNumbers.ts"

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

export interface ListedGroup {
  readonly jid: GroupJid
  /** How many members it has, where WhatsApp says so. */
  readonly size: number | undefined
}

/** Which groups the account is in. */
export const listGroups = Effect.fnUntraced(function* (socket: Socket) {
  const groups = yield* askForGroups(socket, participating())
  // Only an answer that says so twice is believed to mean that the account is in no group.
  const believed = groups.length === 0 ? yield* askForGroups(socket, participating()) : groups
  return believed.flatMap((group): ReadonlyArray<ListedGroup> => {
    const jid = jidOf(group)
    return jid === undefined ? [] : [{ jid, size: integerIn(group.attrs["size"]) }]
  })
})

/** Some of the account's groups with their members. WhatsApp Web asks the same way for what it was not told at once. */
export const fetchGroups = (socket: Socket, groups: ReadonlyArray<GroupJid>) =>
  askForGroups(
    socket,
    ask("@g.us", {
      tag: "query",
      attrs: { context: "get_participating_groups_paginated" },
      content: groups.map((jid) => ({ tag: "group", attrs: { jid } })),
    }),
  )

/** All of them in one answer. */
export const fetchAllGroups = (socket: Socket) =>
  askForGroups(socket, participating("participants", "description"), "45 seconds")

const askForGroups = (socket: Socket, question: BinaryNode, deadline?: Duration.DurationInput) =>
  Effect.flatMap(call(socket, question, deadline), (answer) => {
    const groups = getBinaryNodeChild(answer, "groups")
    return groups === undefined
      ? unreadable
      : Effect.succeed(getBinaryNodeChildren(groups, "group"))
  })

const participating = (...parts: ReadonlyArray<string>) =>
  ask("@g.us", {
    tag: "participating",
    attrs: {},
    content: parts.map((tag) => ({ tag, attrs: {} })),
  })

/** Lists of groups name them without the server. */
export const jidOf = ({ attrs }: BinaryNode): GroupJid | undefined => {
  const { id = "" } = attrs
  const jid = id.includes("@") ? id : `${id}@g.us`
  return isGroupJid(jid) ? jid : undefined
}
