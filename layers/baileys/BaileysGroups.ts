import { Effect, Layer } from "effect"
import { type ChangeFailure, WhatsAppGroups } from "../../plugins/groups/WhatsAppGroups.ts"
import type { GroupJid } from "../../src/domain/Jid.ts"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId } from "../../src/domain/Session.ts"
import { BaileysInvites } from "./BaileysInvites.ts"
import { BaileysMembers } from "./BaileysMembers.ts"
import { BaileysPictures } from "./BaileysPictures.ts"
import type { CallFailure } from "./Call.ts"
import {
  anywhere,
  groupItself,
  inGroup,
  type Look,
  makeGroupCalls,
  orUnsure,
  see,
} from "./GroupCalls.ts"
import * as Changes from "./GroupChanges.ts"
import { createGroup } from "./GroupCreation.ts"
import type { Socket } from "./Socket.ts"
import type { LiveSocket } from "./Sockets.ts"

type Change<Value> = (
  socket: Socket,
  group: GroupJid,
  value: Value,
) => Effect.Effect<unknown, CallFailure>

const Settings = Layer.effect(
  WhatsAppGroups,
  Effect.gen(function* () {
    const { act, ask } = yield* makeGroupCalls

    const changing =
      <Value>(change: Change<Value>) =>
      (
        organization: OrganizationId,
        session: SessionId,
        group: GroupJid,
        value: Value,
      ): Effect.Effect<void, ChangeFailure> =>
        inGroup(
          act(
            organization,
            session,
            group,
          )((socket) => Effect.asVoid(change(socket, group, value))),
        )

    const create: WhatsAppGroups["Type"]["create"] = (organization, session, subject, people) =>
      ask(
        organization,
        session,
      )((socket, live) =>
        Effect.gen(function* () {
          const { seen, verdicts } = yield* createGroup(socket, subject, people)
          yield* live.groups.see([seen])
          return { group: seen.jid, verdicts }
        }).pipe(orUnsure(all(live))),
      ).pipe(anywhere)

    const leave: WhatsAppGroups["Type"]["leave"] = (organization, session, group) =>
      ask(
        organization,
        session,
      )((socket, live) => {
        const look = groupItself(live, group)
        return Changes.leave(socket, group).pipe(
          Effect.tap(() => see({ ...look, now: live.groups.left(group) })),
          Effect.tapError(() => look.later),
          orUnsure(look),
        )
      }).pipe(anywhere)

    return {
      rename: changing(Changes.rename),
      describe: changing(Changes.describe),
      setAnnounce: changing(Changes.announce),
      setLocked: changing(Changes.lock),
      setJoinApproval: changing(Changes.setJoinApproval),
      setMemberAddMode: changing(Changes.setMemberAddMode),
      setDisappearing: changing(Changes.setDisappearing),
      create,
      leave,
      storeAll: (organization, session) =>
        anywhere(ask(organization, session)((_, { groups }) => groups.syncAll)),
    }
  }),
)

/** Whether a group was made without a word shows only among all of them. */
const all = ({ groups }: LiveSocket): Look => ({
  now: groups.syncAll,
  later: Effect.sync(groups.hintAll),
})

/** Everything the groups plugin asks, through the session's own socket. */
export const BaileysGroups = Layer.mergeAll(
  Settings,
  BaileysMembers,
  BaileysInvites,
  BaileysPictures,
)
