import { Context, type Effect } from "effect"
import type { OrganizationId } from "../domain/Organization.ts"
import type { SessionId } from "../domain/Session.ts"
import type { Sighting } from "../domain/Sighting.ts"

/** Where a session hands over what WhatsApp told it. */
export class Sightings extends Context.Tag("src/ports/Sightings")<
  Sightings,
  {
    /** Returns once all of them are committed, in one transaction. */
    readonly store: (
      organization: OrganizationId,
      session: SessionId,
      sightings: ReadonlyArray<Sighting>,
    ) => Effect.Effect<void>
  }
>() {}
