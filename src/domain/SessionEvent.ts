/** What the log of events says about sessions, each in one commit with the row it tells of. */
import { Schema } from "effect"
import { SessionError, SessionStatus } from "./Session.ts"
import { EpochMillis } from "./Time.ts"

/**
 * `session.status`: a session came to another status, or a connection has ended and `error` says why.
 * `nextAttemptAt` is when it is tried again; null when it runs, or when somebody has to do something
 * first. Does not happen when a session is made or changed; one that is deleted is logged out before.
 */
export const SessionStatusChanged = Schema.Struct({
  status: SessionStatus,
  previous: SessionStatus,
  error: Schema.NullOr(SessionError),
  nextAttemptAt: Schema.NullOr(EpochMillis),
})
export type SessionStatusChanged = typeof SessionStatusChanged.Type

/** `auth.qr`: there is a new code to scan, good until `expiresAt`. The code itself is asked for. */
export const QrShown = Schema.Struct({ expiresAt: EpochMillis })

/** `auth.code`: whoever asked has a code to type into the phone with that number. */
export const PairingCodeShown = Schema.Struct({
  phone: Schema.String,
  expiresAt: EpochMillis,
})
