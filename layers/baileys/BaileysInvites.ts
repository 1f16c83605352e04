import { Effect, Layer, Schema } from "effect"
import {
  InviteCode,
  type InvitePreview,
  InviteUnusable,
  type Unusable,
} from "../../plugins/groups/invites/Invite.ts"
import { type Joined, WhatsAppInvites } from "../../plugins/groups/invites/WhatsAppInvites.ts"
import { type GroupJid, isGroupJid } from "../../src/domain/Jid.ts"
import { call, type Refusal, unreadable } from "./Call.ts"
import {
  anywhere,
  groupItself,
  inGroup,
  type Look,
  makeGroupCalls,
  orUnsure,
  see,
} from "./GroupCalls.ts"
import { change } from "./GroupChanges.ts"
import { ask as question, metadataIn } from "./GroupQueries.ts"
import { groupSeen } from "./GroupSighting.ts"
import type { Socket } from "./Socket.ts"
import type { LiveSocket } from "./Sockets.ts"
import { type BinaryNode, getBinaryNodeChild } from "./Vendor.ts"
import { integerIn } from "./WireNumbers.ts"

export const BaileysInvites = Layer.effect(
  WhatsAppInvites,
  Effect.gen(function* () {
    const { ask } = yield* makeGroupCalls
    return {
      get: (organization, session, group) =>
        inGroup(
          ask(
            organization,
            session,
          )((socket) => Effect.flatMap(call(socket, question(group, invite())), codeIn)),
        ),
      revoke: (organization, session, group) =>
        inGroup(
          ask(
            organization,
            session,
          )((socket) => Effect.flatMap(change(socket, group, invite()), codeIn)),
        ),
      preview: (organization, session, code) =>
        usable(ask(organization, session)((socket) => preview(socket, code))),
      join: (organization, session, code) =>
        usable(
          ask(
            organization,
            session,
          )((socket, live) =>
            join(socket, code).pipe(
              Effect.tap(({ group, isPending }) =>
                isPending ? Effect.void : see(groupItself(live, group)),
              ),
              orUnsure(behind(socket, live, code)),
            ),
          ),
        ),
    }
  }),
)

const invite = (attrs: Record<string, string> = {}): BinaryNode => ({ tag: "invite", attrs })

const codeIn = (answer: BinaryNode) => {
  const code = getBinaryNodeChild(answer, "invite")?.attrs["code"]
  return Schema.is(InviteCode)(code) ? Effect.succeed(code) : unreadable
}

const preview = Effect.fn("BaileysInvites.preview")(function* (socket: Socket, code: InviteCode) {
  const answer = yield* call(socket, question("@g.us", invite({ code })))
  const metadata = yield* metadataIn(answer)
  const seen = groupSeen(metadata)
  if (seen === undefined) return yield* unreadable
  const shown: InvitePreview = {
    createdAtWa: seen.createdAtWa ?? null,
    description: seen.description,
    groupJid: seen.jid,
    joinApproval: metadata.joinApprovalMode === true,
    ownerJid: seen.owner?.phoneJid ?? seen.owner?.lid ?? null,
    participantCount: integerIn(String(metadata.size)) ?? seen.members.length,
    subject: seen.subject,
  }
  return shown
})

const join = (socket: Socket, code: InviteCode) =>
  change(socket, "@g.us", invite({ code })).pipe(
    Effect.flatMap(joinedIn),
    Effect.catchIf(isMemberAlready, () =>
      Effect.map(preview(socket, code), ({ groupJid }): Joined => inside(groupJid)),
    ),
  )

/** The group that the code leads to; where the code does not say, it is one of all of them. */
const behind = (socket: Socket, { groups }: LiveSocket, code: InviteCode): Look => ({
  now: Effect.flatMap(preview(socket, code), ({ groupJid }) => groups.refresh(groupJid)),
  later: Effect.sync(groups.hintAll),
})

const inside = (group: GroupJid): Joined => ({ group, isPending: false })

const joinedIn = (answer: BinaryNode) => {
  const entered = getBinaryNodeChild(answer, "group")
  const pending = getBinaryNodeChild(answer, "membership_approval_request")
  const group = (entered ?? pending)?.attrs["jid"] ?? ""
  return isGroupJid(group)
    ? Effect.succeed<Joined>({ group, isPending: entered === undefined })
    : unreadable
}

const isMemberAlready = (failure: { readonly _tag: string; readonly code?: number }) =>
  failure._tag === "Refusal" && failure.code === 409

const reasons: Readonly<Record<number, Unusable>> = {
  400: "invite_unknown",
  404: "invite_unknown",
  406: "invite_unknown",
  410: "invite_revoked",
  419: "group_full",
}

const usable = <A, E>(effect: Effect.Effect<A, E | Refusal>) =>
  effect.pipe(
    Effect.catchIf(
      (failure): failure is Extract<E, Refusal> & Refusal =>
        (failure as Refusal)._tag === "Refusal" && (failure as Refusal).code in reasons,
      ({ code }) => Effect.fail(InviteUnusable.because(reasons[code]!)),
    ),
    anywhere,
  )
