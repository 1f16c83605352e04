import { Context, type Effect } from "effect"
import type { OrganizationId } from "../domain/Organization.ts"
import type { SessionId } from "../domain/Session.ts"

/** Seals and opens the records of one session without waiting: its key is at hand. */
export interface Safe {
  /** Sealed under one type and id, a record opens under no other. */
  readonly seal: (type: string, id: string, content: Uint8Array) => Uint8Array
  /** Throws on bytes that were changed, or sealed for another record. */
  readonly open: (type: string, id: string, sealed: Uint8Array) => Uint8Array
}

/** What of a session a copy of the database must not give away: credentials, keys, message text. */
export class Safes extends Context.Tag("src/ports/Safes")<
  Safes,
  {
    /**
     * Needs the session's row to be committed. Ask once per session, outside of transactions: the
     * first time takes a connection of its own.
     */
    readonly of: (organization: OrganizationId, session: SessionId) => Effect.Effect<Safe>
  }
>() {}
