import { Schema } from "effect"
import { Failure } from "./Failure.ts"
import { Lid, PhoneJid } from "./Jid.ts"
import { OrganizationId } from "./Organization.ts"
import { EpochMillis } from "./Time.ts"

/**
 * One attached WhatsApp number. Ours are ULIDs; any other token names no session, which callers are
 * told like everybody who asks for one that does not exist.
 */
export const SessionId = Schema.String.pipe(
  Schema.pattern(/^[0-9A-Za-z_-]{1,64}$/, {
    description: "a session id, e.g. 01J9ZX8K2QHV0M3T6R7P4N5W8C",
  }),
  Schema.brand("SessionId"),
)
export type SessionId = typeof SessionId.Type

/**
 * `working` means proven traffic, not a flag: a socket that stopped answering is not `working`.
 * `logged_out` waits for a person to link again, `failed` for an operator.
 */
export const SessionStatus = Schema.Literal(
  "stopped",
  "starting",
  "scan_qr_code",
  "working",
  "failed",
  "logged_out",
)
export type SessionStatus = typeof SessionStatus.Type

/** Why a session is not connected, in one word; `message` and `advice` say it in a sentence. */
export const ClosedReason = Schema.Literal(
  "restart",
  "lost",
  "silent",
  "unavailable",
  "unclear",
  "unscanned",
  "logged_out",
  "replaced",
  "locked",
  "downgraded",
  "suspended",
  "banned",
  "outdated",
  "untrusted",
  "refused",
)
export type ClosedReason = typeof ClosedReason.Type

/** The end of a session's last connection that nobody asked for. */
export const SessionError = Schema.Struct({
  reason: ClosedReason,
  /** WhatsApp's own, or the library's. */
  code: Schema.Int.annotations({ examples: [428] }),
  message: Schema.String.annotations({ examples: ["the connection to whatsapp was lost"] }),
  advice: Schema.String.annotations({ examples: ["nothing to do: it is tried again by itself"] }),
  at: EpochMillis,
}).annotations({ identifier: "SessionError" })
export type SessionError = typeof SessionError.Type

/**
 * How a session fares. `since` is when it came to its status; `nextAttemptAt` is null when nothing
 * happens by itself; `reconnects` counts the connections that were lost and tried again since it was
 * last started.
 */
export const SessionRuntime = Schema.Struct({
  since: EpochMillis,
  lastTrafficAt: Schema.NullOr(EpochMillis),
  lastError: Schema.NullOr(SessionError),
  reconnects: Schema.Int.annotations({ examples: [2] }),
  nextAttemptAt: Schema.NullOr(EpochMillis),
  queueDepth: Schema.Int.annotations({
    description: "things seen on WhatsApp that are not stored yet",
    examples: [0],
  }),
}).annotations({ identifier: "SessionRuntime" })
export type SessionRuntime = typeof SessionRuntime.Type

/** Times are epoch milliseconds; the number and its addresses are null until it is linked. */
export const Session = Schema.Struct({
  id: SessionId,
  organizationId: OrganizationId,
  createdByUserId: Schema.NullOr(Schema.String.annotations({ examples: ["user_2f7c"] })),
  gatewayId: Schema.String.annotations({ examples: ["gateway"] }),
  label: Schema.String.annotations({ examples: ["Support line"] }),
  status: SessionStatus,
  phoneNumber: Schema.NullOr(Schema.String.annotations({ examples: ["6281234567890"] })),
  waJid: Schema.NullOr(PhoneJid),
  waLid: Schema.NullOr(Lid),
  autoRead: Schema.Boolean,
  presenceTyping: Schema.Boolean,
  ratePerMin: Schema.NullOr(Schema.Int.annotations({ examples: [20] })),
  ratePerHour: Schema.NullOr(Schema.Int.annotations({ examples: [600] })),
  isAdminSession: Schema.Boolean,
  createdAt: EpochMillis,
  updatedAt: EpochMillis,
  lastConnectedAt: Schema.NullOr(EpochMillis),
  runtime: Schema.optionalWith(SessionRuntime, { exact: true }),
}).annotations({ identifier: "Session" })
export type Session = typeof Session.Type

/** The linked account; it stays known while the session is offline. */
export const Me = Schema.Struct({
  jid: PhoneJid,
  lid: Schema.NullOr(Lid),
  phoneNumber: Schema.String.annotations({ examples: ["6281234567890"] }),
  name: Schema.NullOr(Schema.String.annotations({ examples: ["Maria"] })),
}).annotations({ identifier: "Me" })
export type Me = typeof Me.Type

/** Also answered when the session belongs to another organization: existence is private. */
export class SessionNotFound extends Failure<SessionNotFound>()("SessionNotFound", {
  code: "not_found",
  message: "session not found",
  details: {},
}) {}

/** No phone has linked the session yet, or its account has removed it. */
export class NotLinked extends Failure<NotLinked>()("NotLinked", {
  code: "not_found",
  message: "session is not linked to a number",
  details: { reason: Schema.tag("not_linked") },
}) {}

/** A live call needs a connected number; stored reads do not. */
export class SessionOffline extends Failure<SessionOffline>()("SessionOffline", {
  code: "not_implemented",
  message: "session is not connected",
  details: { reason: Schema.tag("session_not_connected"), status: SessionStatus },
}) {}
