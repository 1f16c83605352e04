import { Context, type Effect, type Queue, type Scope } from "effect"
import type { Lid, PhoneJid } from "../../src/domain/Jid.ts"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { ClosedReason, SessionId } from "../../src/domain/Session.ts"
import type { UpstreamFailure } from "../../src/domain/WhatsAppFailure.ts"
import type { QrCode } from "../../src/ports/Sessions.ts"

/** The linked account's own addresses, and the name it goes by. */
export interface Account {
  readonly phoneJid: PhoneJid
  readonly lid: Lid | undefined
  readonly name: string | undefined
}

/** Why a connection ended. */
export interface Closed {
  readonly _tag: "Closed"
  readonly reason: ClosedReason
  /** WhatsApp's or the library's own, for the log. */
  readonly code: number
  readonly text: string
  /** How long WhatsApp wants it to stay away, where it says so. */
  readonly retryAfterMillis?: number
}

export type Update =
  | ({ readonly _tag: "Qr" } & QrCode)
  /** A phone has scanned; WhatsApp ends this connection next, and the next one logs in. */
  | { readonly _tag: "Paired" }
  | { readonly _tag: "Open"; readonly account: Account }
  | Closed

export interface Connection {
  /** A phone had linked it before. */
  readonly isLinked: boolean
  /** In order; `Closed` is the last. */
  readonly updates: Queue.Dequeue<Update>
  /**
   * Succeeding proves that the connection carries traffic; the text says why it did not. Of an account
   * that is new every group is stored before, unless WhatsApp asks for patience.
   */
  readonly prove: Effect.Effect<unknown, string>
  /** Fetches and stores again all that it can; the text says why it could not. */
  readonly backfill: Effect.Effect<void, string>
  /** Asks WhatsApp to forget this device; returns whether it was asked. */
  readonly logOut: Effect.Effect<boolean>
  /** Ends it now, whatever is under way. */
  readonly hangUp: () => void
  /** A code to type into the phone instead of scanning; only after the first `Qr`. */
  readonly pairByPhone: (phone: string) => Effect.Effect<QrCode, UpstreamFailure>
  /** When WhatsApp was last heard of, in epoch milliseconds. */
  readonly lastTrafficAt: () => number | undefined
  /** What was seen and is not stored yet. */
  readonly waiting: () => number
}

/** What the session runtime asks of the vendor. */
export class Connector extends Context.Tag("layers/sessions/Connector")<
  Connector,
  {
    /** Opens one connection, which lives as long as the scope and ends without waiting for anyone. */
    readonly connect: (
      organization: OrganizationId,
      session: SessionId,
    ) => Effect.Effect<Connection, never, Scope.Scope>
    /** Whether a phone has linked this session. */
    readonly isPaired: (organization: OrganizationId, session: SessionId) => Effect.Effect<boolean>
    /** Deletes the credentials and everything that belongs to them. */
    readonly forget: (organization: OrganizationId, session: SessionId) => Effect.Effect<void>
  }
>() {}
