import { Effect, Layer } from "effect"
import type { JoinRequest } from "../../plugins/groups/members/Member.ts"
import { type MemberAction, WhatsAppMembers } from "../../plugins/groups/members/WhatsAppMembers.ts"
import type { GroupJid, PersonJid } from "../../src/domain/Jid.ts"
import type { JoinRequestSeen } from "../../src/domain/Sighting.ts"
import { unreadable } from "./Call.ts"
import { groupItself, inGroup, type Look, makeGroupCalls } from "./GroupCalls.ts"
import { change } from "./GroupChanges.ts"
import { verdictsFor } from "./GroupVerdicts.ts"
import type { Socket } from "./Socket.ts"
import type { LiveSocket } from "./Sockets.ts"
import { type BinaryNode, getBinaryNodeChild, getBinaryNodeChildren } from "./Vendor.ts"

export const BaileysMembers = Layer.effect(
  WhatsAppMembers,
  Effect.gen(function* () {
    const { act, ask } = yield* makeGroupCalls
    return {
      act: (organization, session, group, action, people) =>
        inGroup(
          act(
            organization,
            session,
            group,
            isAnswer(action) ? requestsAndGroup : groupItself,
          )((socket) => carryOut(socket, group, action, people)),
        ),
      requests: (organization, session, group) =>
        ask(
          organization,
          session,
        )((_, { groups }) => groups.refreshRequests(group)).pipe(
          Effect.map((open) => open.map(requestOf)),
          inGroup,
        ),
    }
  }),
)

const carryOut = Effect.fn("BaileysMembers.act")(function* (
  socket: Socket,
  group: GroupJid,
  action: MemberAction,
  people: ReadonlyArray<PersonJid>,
) {
  const participants = people.map((jid) => ({ tag: "participant", attrs: { jid } }))
  const acting: BinaryNode = { tag: action, attrs: {}, content: participants }
  const request = isAnswer(action)
    ? { tag: "membership_requests_action", attrs: {}, content: [acting] }
    : acting
  const answer = yield* change(socket, group, request)
  const outer = isAnswer(action) ? getBinaryNodeChild(answer, request.tag) : answer
  const answered = getBinaryNodeChild(outer, action)
  if (answered === undefined) return yield* unreadable
  const verdicts = verdictsFor(
    action,
    people,
    getBinaryNodeChildren(answered, "participant"),
    "asked",
  )
  // An answer that leaves somebody out is none.
  return yield* Effect.forEach(verdicts, (verdict) =>
    verdict === undefined ? unreadable : Effect.succeed(verdict),
  )
})

const isAnswer = (action: MemberAction) => action === "approve" || action === "reject"

/** The requests are gone, and whoever was told of them is to be told so. */
const requestsAndGroup = (live: LiveSocket, group: GroupJid): Look => {
  const { later, now } = groupItself(live, group)
  return {
    now: Effect.zipRight(live.groups.refreshRequests(group), now),
    later: Effect.zipRight(
      Effect.sync(() => live.groups.hintRequests(group)),
      later,
    ),
  }
}

const requestOf = ({ method, requestedAt, ...person }: JoinRequestSeen): JoinRequest => ({
  lid: person.lid ?? null,
  method,
  phoneJid: person.phoneJid ?? null,
  requestedAt: requestedAt ?? null,
})
