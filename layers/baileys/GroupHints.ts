import { Effect } from "effect"
import { type GroupJid, isGroupJid, personJid } from "../../src/domain/Jid.ts"
import { onDirtyGroups } from "./DirtyGroups.ts"
import { makeAttempts } from "./GroupAttempts.ts"
import type { GroupFeed } from "./GroupFeed.ts"
import { onDemand } from "./OnDemand.ts"
import type { Socket } from "./Socket.ts"
import { type BinaryNode, getAllBinaryNodeChildren } from "./Vendor.ts"

/** Many notices of one change arrive together. */
const pause = "50 millis"
/** More groups than this at once are cheaper to fetch all together. */
const many = 25

type Hint = "changed" | "left"

export interface GroupHints {
  /** The group is fetched again soon. */
  readonly hint: (group: GroupJid) => void
  /** All groups are, and those that are no longer among them have been left. */
  readonly hintAll: () => void
}

/**
 * Fetches a group again whenever WhatsApp notifies of it, once for many notices. The library's own
 * group events drop some changes and merge others, so they are not listened to.
 */
export const followGroups = Effect.fnUntraced(function* (socket: Socket, feed: GroupFeed) {
  const hints = new Map<GroupJid | "all", Hint>()
  const hint = (group: GroupJid | "all", what: Hint) => {
    hints.set(group, what)
    wake()
  }
  const attempt = yield* makeAttempts((group: GroupJid | "all") => hint(group, "changed"))

  const follow = Effect.gen(function* () {
    yield* Effect.sleep(pause)
    const heard = new Map(hints)
    hints.clear()
    const isAll = heard.has("all") || heard.size > many
    const { spend } = socket.budget
    yield* Effect.forEach(heard, ([group, what]) => {
      if (group === "all") return Effect.void
      if (what === "left") return attempt(group, feed.left(group))
      return isAll ? Effect.void : Effect.zipRight(spend, attempt(group, feed.refresh(group)))
    })
    if (isAll) yield* Effect.zipRight(spend, attempt("all", feed.syncAll))
  })
  const wake = yield* onDemand(follow)

  socket.library.ws.on("CB:notification,type:w:gp2", (node: BinaryNode) => {
    const group = node.attrs["from"] ?? ""
    if (isGroupJid(group)) hint(group, isDeparture(socket, node) ? "left" : "changed")
  })
  onDirtyGroups(socket, () => hint("all", "changed"))

  const followed: GroupHints = {
    hint: (group) => hint(group, "changed"),
    hintAll: () => hint("all", "changed"),
  }
  return followed
})

/** The group is gone, or the account itself was taken out of it. */
const isDeparture = ({ library }: Socket, node: BinaryNode) =>
  getAllBinaryNodeChildren(node).some((change) => {
    if (change.tag === "delete") return true
    if (change.tag !== "remove" && change.tag !== "leave") return false
    const { id, lid } = library.user ?? {}
    const me = new Set([personJid(id ?? ""), personJid(lid ?? "")])
    return getAllBinaryNodeChildren(change).some((participant) =>
      [participant.attrs["jid"], participant.attrs["phone_number"]].some((address) => {
        const person = personJid(address ?? "")
        return person !== undefined && me.has(person)
      }),
    )
  })
