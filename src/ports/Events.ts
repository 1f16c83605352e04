import { Context, type Effect } from "effect"
import type { Event, EventName, Happening } from "../domain/Event.ts"
import type { OrganizationId } from "../domain/Organization.ts"
import type { SessionId } from "../domain/Session.ts"

/** An event and where it stands in its organization's log: 1, 2, 3, without a gap. */
export interface LoggedEvent extends Event {
  readonly position: number
}

/** What happened, one log per organization, written once and read by position. */
export class Events extends Context.Tag("src/ports/Events")<
  Events,
  {
    /** Joins the caller's transaction: the event is there exactly when what it tells of is. */
    readonly append: (
      organization: OrganizationId,
      session: SessionId,
      happenings: ReadonlyArray<Happening>,
    ) => Effect.Effect<void>
    /** In order, at most `limit` after that position; only those with one of the names, if given. */
    readonly read: (
      organization: OrganizationId,
      after: number,
      limit: number,
      names?: ReadonlyArray<EventName>,
    ) => Effect.Effect<ReadonlyArray<LoggedEvent>>
  }
>() {}
