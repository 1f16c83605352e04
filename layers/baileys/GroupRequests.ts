import { Effect } from "effect"
import { type GroupJid, isGroupJid } from "../../src/domain/Jid.ts"
import type { JoinRequestSeen } from "../../src/domain/Sighting.ts"
import { call, type CallFailure, unreadable } from "./Call.ts"
import { makeAttempts } from "./GroupAttempts.ts"
import type { GroupFeed } from "./GroupFeed.ts"
import { ask } from "./GroupQueries.ts"
import { onDemand } from "./OnDemand.ts"
import { personSeen } from "./PersonSighting.ts"
import type { Socket } from "./Socket.ts"
import { type BinaryNode, getBinaryNodeChild, getBinaryNodeChildren } from "./Vendor.ts"
import { timeIn } from "./WireNumbers.ts"

/** Who is waiting to be let in, as WhatsApp tells the group's admins. */
export const fetchRequests = Effect.fnUntraced(function* (socket: Socket, group: GroupJid) {
  const answer = yield* call(socket, ask(group, { tag: "membership_approval_requests", attrs: {} }))
  const open = getBinaryNodeChild(answer, "membership_approval_requests")
  if (open === undefined) return yield* unreadable
  return getBinaryNodeChildren(open, "membership_approval_request").flatMap(
    (node) => requestIn(node) ?? [],
  )
})

const requestIn = ({ attrs }: BinaryNode): JoinRequestSeen | undefined => {
  const person = personSeen(attrs["jid"], attrs["lid"], attrs["phone_number"])
  if (person === undefined) return undefined
  return {
    ...person,
    method: attrs["request_method"] ?? "unknown",
    requestedAt: timeIn(attrs["request_time"]),
  }
}

const tags = new Set(["created_membership_requests", "revoked_membership_requests"])

export interface RequestHints {
  /** The group's requests are fetched again soon. */
  readonly hintRequests: (group: GroupJid) => void
}

/** Fetches a group's requests again whenever WhatsApp notifies of one. */
export const followRequests = Effect.fnUntraced(function* (socket: Socket, feed: GroupFeed) {
  const changed = new Set<GroupJid>()
  const hintRequests = (group: GroupJid) => {
    changed.add(group)
    wake()
  }
  const attempt = yield* makeAttempts(hintRequests)
  const refresh = (group: GroupJid) =>
    Effect.catchIf(Effect.asVoid(feed.refreshRequests(group)), isWithheld, () => Effect.void)

  const follow = Effect.gen(function* () {
    const groups = [...changed]
    changed.clear()
    yield* Effect.forEach(groups, (group) =>
      Effect.zipRight(socket.budget.spend, attempt(group, refresh(group))),
    )
  })
  const wake = yield* onDemand(follow)

  socket.library.ws.on("CB:notification,type:w:gp2", (node: BinaryNode) => {
    const group = node.attrs["from"] ?? ""
    const isAbout = Array.isArray(node.content) && node.content.some(({ tag }) => tags.has(tag))
    if (isAbout && isGroupJid(group)) hintRequests(group)
  })

  const hints: RequestHints = { hintRequests }
  return hints
})

/** Only admins are told. */
const isWithheld = (failure: CallFailure) =>
  failure._tag === "Refusal" && [401, 403, 404].includes(failure.code)
