import { Schema } from "effect"
import { OrganizationId } from "./Organization.ts"
import { SessionId } from "./Session.ts"

/** Everything that can happen; a retired name is not used again. */
export const EventName = Schema.Literal(
  "session.status",
  "auth.qr",
  "auth.code",
  "message",
  "message.reaction",
  "message.edited",
  "message.revoked",
  "group.created",
  "group.updated",
  "group.members",
  "group.join_request",
  "contact.updated",
  "contact.merged",
)
export type EventName = typeof EventName.Type

export const EventId = Schema.String.pipe(
  Schema.pattern(/^evt_[0-9A-HJKMNP-TV-Z]{26}$/),
  Schema.brand("EventId"),
)
export type EventId = typeof EventId.Type

/** Something that happened, as receivers get it. The id is stable: duplicates can be told by it. */
export const Event = Schema.Struct({
  schema: Schema.Literal("v1"),
  id: EventId,
  event: EventName,
  session: SessionId,
  organization: OrganizationId,
  /** Epoch milliseconds. */
  timestamp: Schema.Int,
  payload: Schema.Unknown,
}).annotations({ identifier: "Event" })
export type Event = typeof Event.Type

/** What somebody who stores something says about it. */
export interface Happening {
  readonly event: EventName
  readonly payload: object
}
