import { Context, type Deferred, type Effect, type Scope } from "effect"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId } from "../../src/domain/Session.ts"

/** The right to run a session, which one process has at a time. */
export interface Lease {
  readonly organization: OrganizationId
  readonly session: SessionId
  /** Greater than every one before it; null where leases are not asked for. */
  readonly fence: number | null
}

/** What a person decided about a session; its status is what came of it. */
export type Desired = "running" | "stopped" | "logged_out"

/** Somebody wants to link by typing a code into the phone with this number. */
export interface PairingRequest {
  readonly id: string
  readonly phone: string
  readonly askedAt: number
}

/** A session that this process holds, and what is wanted of it now. */
export interface Order extends Lease {
  readonly desired: Desired
  /** Grows with every restart that is asked for. */
  readonly revision: number
  readonly pairing: PairingRequest | null
  /** Of the backfill that is to be carried out. */
  readonly backfill: string | null
}

/** This process among those that share the database. */
export interface Membership {
  /** Takes what needs somebody and has nobody, at most so many, and tells all that it holds. */
  readonly orders: (most: number) => Effect.Effect<ReadonlyArray<Order>>
  /** Lets another process have the session. */
  readonly release: (lease: Lease) => Effect.Effect<void>
  /**
   * Done when the others may believe that this process is dead. From then on it holds nothing,
   * whatever it believes itself.
   */
  readonly ended: Deferred.Deferred<void>
}

/** Sees to it that no two processes run the same session. */
export class Leases extends Context.Tag("layers/sessions/Leases")<
  Leases,
  {
    /** Waits for the database. Closing the scope leaves everything to the others at once. */
    readonly join: Effect.Effect<Membership, never, Scope.Scope>
  }
>() {}
