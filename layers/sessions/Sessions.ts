import { Clock, Effect, Layer, Option } from "effect"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import {
  NotLinked,
  type Session,
  SessionId,
  SessionNotFound,
  type SessionStatus,
} from "../../src/domain/Session.ts"
import {
  type SessionChange,
  type SessionDraft,
  Sessions as SessionsPort,
} from "../../src/ports/Sessions.ts"
import { makeBackfills } from "./Backfills.ts"
import type { Desired } from "./Leases.ts"
import { makeLinking } from "./Linking.ts"
import { SessionRepo, type Urgency } from "./SessionRepo.ts"
import { SessionRuntime } from "./SessionRuntime.ts"
import { soon } from "./Soon.ts"
import { ulid } from "../Ulid.ts"

const atRest = new Set<SessionStatus>(["stopped", "failed", "logged_out"])

/** The sessions of this gateway. The name is stored with every session it makes. */
export const Sessions = (gatewayId: string) =>
  Layer.effect(
    SessionsPort,
    Effect.gen(function* () {
      const repo = yield* SessionRepo
      const runtime = yield* SessionRuntime

      const find = Effect.fn("Sessions.find")(function* (
        organization: OrganizationId,
        session: SessionId,
      ) {
        const found = yield* repo.find(organization, session)
        return yield* Option.match(found, {
          onNone: () => new SessionNotFound(),
          onSome: Effect.succeed,
        })
      })

      const get = Effect.fn("Sessions.get")(function* (
        organization: OrganizationId,
        session: SessionId,
      ) {
        const described = yield* repo.findDescribed(organization, session)
        if (Option.isNone(described)) return yield* new SessionNotFound()
        const { runtime: stored, ...found } = described.value
        const connection = runtime.find(session)?.connection
        const lastTrafficAt = connection?.lastTrafficAt() ?? stored!.lastTrafficAt
        const queueDepth = connection?.waiting() ?? stored!.queueDepth
        return { ...found, runtime: { ...stored!, lastTrafficAt, queueDepth } }
      })

      const create = Effect.fn("Sessions.create")(function* (
        organization: OrganizationId,
        draft: SessionDraft,
      ) {
        const session = sessionOf(organization, gatewayId, draft, yield* Clock.currentTimeMillis)
        yield* repo.insert(organization, session, draft.start ? "running" : "stopped")
        if (draft.start) yield* runtime.poke
        return session
      })

      const update = Effect.fn("Sessions.update")(function* (
        organization: OrganizationId,
        session: SessionId,
        change: SessionChange,
      ) {
        const found = yield* find(organization, session)
        if (Object.keys(change).length === 0) return found
        yield* repo.change(organization, session, change)
        return yield* find(organization, session)
      })

      const me = Effect.fn("Sessions.me")(function* (
        organization: OrganizationId,
        session: SessionId,
      ) {
        const { status, waJid } = yield* find(organization, session)
        if (waJid === null || status === "logged_out") return yield* new NotLinked()
        return yield* Effect.orDie(Effect.flatten(repo.findMe(organization, session)))
      })

      /** Says what is wanted, and waits a while until it is so, whichever process makes it so. */
      const command = (
        name: string,
        desired: Desired,
        isDone: (session: Session, asked: number) => boolean,
        urgency: Urgency = "prompt",
      ) =>
        Effect.fn(`Sessions.${name}`)(function* (organization: OrganizationId, session: SessionId) {
          yield* find(organization, session)
          const asked = yield* Clock.currentTimeMillis
          yield* repo.want(organization, session, desired, urgency)
          yield* runtime.poke
          return yield* soon(get(organization, session), (found) => isDone(found, asked))
        })

      const start = command("start", "running", ({ status }) => !atRest.has(status))
      // Asked for again and again by whoever waits for a code.
      const wake = command(
        "wake",
        "running",
        ({ status }) => status === "failed" || !atRest.has(status),
        "patient",
      )
      const logout = command("logout", "logged_out", ({ status }) => status === "logged_out")

      const remove = Effect.fn("Sessions.remove")(function* (
        organization: OrganizationId,
        session: SessionId,
      ) {
        yield* logout(organization, session)
        yield* repo.remove(organization, session)
      })

      const backfills = yield* makeBackfills
      const backfill = (session: SessionId) => Effect.zipLeft(backfills.ask(session), runtime.poke)

      return {
        backfill,
        findBackfill: backfills.find,
        create,
        list: repo.list,
        listAll: repo.listAll,
        get,
        me,
        update,
        remove,
        start,
        stop: command("stop", "stopped", ({ status }) =>
          ["stopped", "logged_out"].includes(status),
        ),
        restart: command(
          "restart",
          "running",
          ({ runtime }, asked) => runtime!.since >= asked,
          "anew",
        ),
        logout,
        ...(yield* makeLinking(find, start, wake)),
      }
    }),
  )

const sessionOf = (
  organizationId: OrganizationId,
  gatewayId: string,
  { start, ...draft }: SessionDraft,
  now: number,
): Session => ({
  id: SessionId.make(ulid(now)),
  organizationId,
  gatewayId,
  ...draft,
  status: start ? "starting" : "stopped",
  phoneNumber: null,
  waJid: null,
  waLid: null,
  isAdminSession: false,
  createdAt: now,
  updatedAt: now,
  lastConnectedAt: null,
})
