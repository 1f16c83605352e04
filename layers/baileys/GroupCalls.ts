import { Effect } from "effect"
import { GroupNotFound, NotGroupAdmin, NotGroupMember } from "../../plugins/groups/Group.ts"
import type { ChangeFailure, LiveFailure } from "../../plugins/groups/WhatsAppGroups.ts"
import type { GroupJid } from "../../src/domain/Jid.ts"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId } from "../../src/domain/Session.ts"
import { type CallFailure, type Refusal, upstreamFailure } from "./Call.ts"
import type { Socket } from "./Socket.ts"
import { type LiveSocket, Sockets } from "./Sockets.ts"

type Operation<A> = (socket: Socket, live: LiveSocket) => Effect.Effect<A, CallFailure>

/** How long a caller who was not answered waits for the truth to be stored. */
const patience = "3 seconds"

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
      (organization: OrganizationId, session: SessionId, group: GroupJid) =>
      <A>(operation: Operation<A>) =>
        ask(
          organization,
          session,
        )((socket, live) =>
          operation(socket, live).pipe(
            Effect.tap(() => show(live, group)),
            Effect.tapError((failure) => look(live, group, failure)),
            // Whoever hung up has not taken the question back.
            Effect.onInterrupt(() => Effect.sync(() => live.groups.hint(group))),
          ),
        ),
  } as const
})

/**
 * Has the group stored as it is now. WhatsApp has acknowledged the change, so that failing here
 * must not tell the caller otherwise: the group is fetched again later.
 */
export const show = ({ groups }: LiveSocket, group: GroupJid) =>
  Effect.catchAll(groups.refresh(group), () => Effect.sync(() => groups.hint(group)))

/** A silence leaves open what happened, and a refusal may say that what is stored is out of date. */
const look = (live: LiveSocket, group: GroupJid, failure: CallFailure) => {
  if (failure._tag === "UpstreamSilent") {
    const late = Effect.sync(() => live.groups.hint(group))
    return show(live, group).pipe(
      Effect.timeoutTo({ ...soon, onTimeout: () => late }),
      Effect.flatten,
    )
  }
  const isStranger = failure._tag === "Refusal" && (failure.code === 403 || failure.code === 404)
  return isStranger ? Effect.sync(() => live.groups.hint(group)) : Effect.void
}

const soon = { duration: patience, onSuccess: () => Effect.void } as const

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
