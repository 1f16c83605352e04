import { Effect, Layer } from "effect"
import type { JoinRequest } from "../../plugins/groups/members/Member.ts"
import { type MemberAction, WhatsAppMembers } from "../../plugins/groups/members/WhatsAppMembers.ts"
import type { GroupJid, PersonJid } from "../../src/domain/Jid.ts"
import type { JoinRequestSeen } from "../../src/domain/Sighting.ts"
import { inGroup, makeGroupCalls } from "./GroupCalls.ts"
import { change } from "./GroupChanges.ts"
import { unreadable } from "./GroupQueries.ts"
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
          )((socket, live) => carryOut(socket, live, group, action, people)),
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
  { groups }: LiveSocket,
  group: GroupJid,
  action: MemberAction,
  people: ReadonlyArray<PersonJid>,
) {
  const participants = people.map((jid) => ({ tag: "participant", attrs: { jid } }))
  const isAnswer = action === "approve" || action === "reject"
  const acting: BinaryNode = { tag: action, attrs: {}, content: participants }
  const request = isAnswer
    ? { tag: "membership_requests_action", attrs: {}, content: [acting] }
    : acting
  const answer = yield* change(socket, group, request)
  const outer = isAnswer ? getBinaryNodeChild(answer, request.tag) : answer
  const verdicts = getBinaryNodeChild(outer, action)
  if (verdicts === undefined) return yield* unreadable
  // The requests are gone, and whoever was told of them is to be told so.
  if (isAnswer) yield* Effect.ignore(groups.refreshRequests(group))
  return yield* verdictsFor(action, people, getBinaryNodeChildren(verdicts, "participant"))
})

const requestOf = ({ method, requestedAt, ...person }: JoinRequestSeen): JoinRequest => ({
  lid: person.lid ?? null,
  method,
  phoneJid: person.phoneJid ?? null,
  requestedAt: requestedAt ?? null,
})
