import { Effect, Option } from "effect"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import { type SessionId, SessionOffline } from "../../src/domain/Session.ts"
import { SessionRepo } from "../sessions/SessionRepo.ts"
import type { GroupFeed } from "./GroupFeed.ts"
import type { GroupHints } from "./GroupHints.ts"
import type { RequestHints } from "./GroupRequests.ts"
import type { Socket } from "./Socket.ts"

/** An open socket and what keeps its groups. */
export interface LiveSocket {
  readonly socket: Socket
  readonly groups: GroupFeed & GroupHints & RequestHints
}

/** The open sockets of this process, by whose they are. */
export class Sockets extends Effect.Service<Sockets>()("layers/baileys/Sockets", {
  effect: Effect.gen(function* () {
    const sessions = yield* SessionRepo
    const live = new Map<SessionId, LiveSocket>()

    const get = Effect.fnUntraced(function* (organization: OrganizationId, session: SessionId) {
      const found = live.get(session)
      if (found?.socket.organization === organization && found.socket.isOpen()) return found
      const row = yield* sessions.find(organization, session)
      const status = Option.match(row, {
        onNone: () => "stopped" as const,
        onSome: (s) => s.status,
      })
      // The row is written a moment after the socket is gone.
      return yield* new SessionOffline({ status: status === "working" ? "starting" : status })
    })

    return {
      get,
      put: (found: LiveSocket) => {
        live.set(found.socket.session, found)
      },
      /** An older socket never removes the one that took its place. */
      remove: (socket: Socket) => {
        if (live.get(socket.session)?.socket === socket) live.delete(socket.session)
      },
    } as const
  }),
}) {}
