import { Context, type Effect, Schema } from "effect"
import { Failure } from "../domain/Failure.ts"
import type { OrganizationId } from "../domain/Organization.ts"
import type { Backfill, BackfillRunning } from "../domain/Backfill.ts"
import type {
  Me,
  NotLinked,
  Session,
  SessionId,
  SessionNotFound,
  SessionOffline,
} from "../domain/Session.ts"
import { EpochMillis } from "../domain/Time.ts"
import type { UpstreamFailure } from "../domain/WhatsAppFailure.ts"

/** What a person scans; `expiresAt` is epoch milliseconds. */
export const QrCode = Schema.Struct({
  code: Schema.String.annotations({ examples: ["2@r0T3…,q1Xb…,8cVn…,kW5y…"] }),
  expiresAt: EpochMillis,
})
export type QrCode = typeof QrCode.Type

/** What a person types into the phone instead. */
export const PairingCode = Schema.Struct({
  code: Schema.String.annotations({ examples: ["ABCD-1234"] }),
  expiresAt: EpochMillis,
}).annotations({ identifier: "PairingCode" })
export type PairingCode = typeof PairingCode.Type

export class QrNotReady extends Failure<QrNotReady>()("QrNotReady", {
  code: "not_found",
  message: "qr code not ready",
  details: { reason: Schema.tag("qr_not_ready") },
}) {}

export class AlreadyPaired extends Failure<AlreadyPaired>()("AlreadyPaired", {
  code: "conflict",
  message: "session is already paired",
  details: { reason: Schema.tag("already_paired") },
}) {}

export interface SessionDraft {
  readonly label: string
  readonly autoRead: boolean
  readonly presenceTyping: boolean
  readonly ratePerMin: number | null
  readonly ratePerHour: number | null
  /** Whether it is to run at once. */
  readonly start: boolean
  readonly createdByUserId: string | null
}

/** What people may change; a field that is not there stays. */
export type SessionChange = Partial<
  Pick<Session, "label" | "autoRead" | "presenceTyping" | "ratePerMin" | "ratePerHour">
>

type Command = (
  organization: OrganizationId,
  session: SessionId,
) => Effect.Effect<Session, SessionNotFound>

/** The attached numbers of an organization, whether they are online or not. */
export class Sessions extends Context.Tag("src/ports/Sessions")<
  Sessions,
  {
    readonly create: (organization: OrganizationId, draft: SessionDraft) => Effect.Effect<Session>
    /** Oldest first. */
    readonly list: (organization: OrganizationId) => Effect.Effect<ReadonlyArray<Session>>
    /** Of every organization, oldest first. */
    readonly listAll: Effect.Effect<ReadonlyArray<Session>>
    /** Has everything of a session fetched from WhatsApp again, whoever's it is. */
    readonly backfill: (
      session: SessionId,
    ) => Effect.Effect<Backfill, SessionNotFound | SessionOffline | BackfillRunning>
    readonly findBackfill: (session: SessionId) => Effect.Effect<Backfill, SessionNotFound>
    /** With how it fares. */
    readonly get: Command
    readonly me: (
      organization: OrganizationId,
      session: SessionId,
    ) => Effect.Effect<Me, SessionNotFound | NotLinked>
    readonly update: (
      organization: OrganizationId,
      session: SessionId,
      change: SessionChange,
    ) => Effect.Effect<Session, SessionNotFound>
    /** Ends its socket, then removes the session and everything stored about it. */
    readonly remove: (
      organization: OrganizationId,
      session: SessionId,
    ) => Effect.Effect<void, SessionNotFound>
    /** Starts pairing when the session is at rest. Waits a moment for the first code. */
    readonly qr: (
      organization: OrganizationId,
      session: SessionId,
    ) => Effect.Effect<QrCode, SessionNotFound | QrNotReady | AlreadyPaired>
    /** Starts pairing when the session is at rest. The phone is digits, country code first. */
    readonly pairingCode: (
      organization: OrganizationId,
      session: SessionId,
      phone: string,
    ) => Effect.Effect<PairingCode, SessionNotFound | AlreadyPaired | UpstreamFailure>
    /** From now on it runs, whatever happens; one that runs already is left alone. */
    readonly start: Command
    /** Returns once its socket is gone. */
    readonly stop: Command
    /** Ends its connection and begins another, at once. */
    readonly restart: Command
    /** Gives up the link to the phone; another one needs another code. */
    readonly logout: Command
  }
>() {}
