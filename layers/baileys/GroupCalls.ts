import { Effect } from "effect"
import { GroupNotFound, NotGroupAdmin, NotGroupMember } from "../../plugins/groups/Group.ts"
import type { ChangeFailure, LiveFailure } from "../../plugins/groups/WhatsAppGroups.ts"
import type { GroupJid } from "../../src/domain/Jid.ts"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId } from "../../src/domain/Session.ts"
import { type CallFailure, isUnclear, type Refusal, upstreamFailure } from "./Call.ts"
import type { Socket } from "./Socket.ts"
import { type LiveSocket, Sockets } from "./Sockets.ts"

type Operation<A> = (socket: Socket, live: LiveSocket) => Effect.Effect<A, CallFailure>

/** How long a caller waits for the truth to be stored. */
const patience = "3 seconds"

/** What has to be looked at when it may have changed: now if that can be, or else soon. */
export interface Look {
  readonly now: Effect.Effect<unknown, CallFailure>
  readonly later: Effect.Effect<void>
}

/** Operations on a group through the session's own socket, its refusals in the plugin's words. */
export const makeGroupCalls = Effect.gen(function* () {
  const sockets = yield* Sockets

  const ask =
    (organization: OrganizationId, session: SessionId) =>
    <A>(operation: Operation<A>) =>
      Effect.flatMap(sockets.get(organization, session), (live) => operation(live.socket, live))

  return {
    /** Asks something; nothing is to be stored of it. */
    ask,

    /** Changes a group, and has it stored as it is then. */
    act:
      (
        organization: OrganizationId,
        session: SessionId,
        group: GroupJid,
        lookAt: (live: LiveSocket, group: GroupJid) => Look = groupItself,
      ) =>
      <A>(operation: Operation<A>) =>
        ask(
          organization,
          session,
        )((socket, live) => {
          const look = lookAt(live, group)
          return operation(socket, live).pipe(
            Effect.tap(() => see(look)),
            Effect.tapError((failure) => (isStranger(failure) ? look.later : Effect.void)),
            orUnsure(look),
          )
        }),
  } as const
})

export const groupItself = ({ groups }: LiveSocket, group: GroupJid): Look => ({
  now: groups.refresh(group),
  later: Effect.sync(() => groups.hint(group)),
})

/**
 * Has stored what is so now. WhatsApp has done, or may have done, what the caller wanted, so that
 * failing here must not tell them otherwise, nor keep them waiting.
 */
export const see = ({ later, now }: Look) =>
  now.pipe(
    Effect.timeoutFail({ duration: patience, onTimeout: () => "late" }),
    Effect.catchAll(() => later),
  )

/** Looks where nobody knows what has happened. Whoever hung up has not taken the question back. */
export const orUnsure =
  (look: Look) =>
  <A>(operation: Effect.Effect<A, CallFailure>) =>
    operation.pipe(
      Effect.tapError((failure) => (isUnclear(failure) ? see(look) : Effect.void)),
      Effect.onInterrupt(() => look.later),
    )

/** What is stored of the group is out of date. */
const isStranger = (failure: CallFailure) =>
  failure._tag === "Refusal" && (failure.code === 403 || failure.code === 404)

/** What a refusal means to those who asked something of a group they may or may not be in. */
export const inGroup = <A, E>(effect: Effect.Effect<A, E | Refusal>) =>
  Effect.catchIf(effect, isRefusal, (refusal): Effect.Effect<never, ChangeFailure> => {
    switch (refusal.code) {
      // Answered only when the session's account is not an admin of the group.
      case 401:
        return new NotGroupAdmin()
      case 403:
        return new NotGroupMember()
      case 404:
        return new GroupNotFound()
      default:
        return Effect.fail(upstreamFailure(refusal))
    }
  })

/** What it means where no code has a meaning of its own. */
export const anywhere = <A, E>(effect: Effect.Effect<A, E | Refusal>) =>
  Effect.catchIf(effect, isRefusal, (refusal): Effect.Effect<never, LiveFailure> =>
    Effect.fail(upstreamFailure(refusal)),
  )

const isRefusal = (failure: unknown): failure is Refusal =>
  typeof failure === "object" && failure !== null && "_tag" in failure && failure._tag === "Refusal"
