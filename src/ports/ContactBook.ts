import { Context, type Effect } from "effect"
import type { OrganizationId } from "../domain/Organization.ts"
import type { SessionId } from "../domain/Session.ts"
import type { PersonSeen } from "../domain/Sighting.ts"

/** A contact's row id. */
export type ContactId = number

/** Who is who for one session: one person is one contact, whichever address came first. */
export class ContactBook extends Context.Tag("src/ports/ContactBook")<
  ContactBook,
  {
    /**
     * The contact of each person, in the order asked. Whoever is in a sighting has been entered before
     * anybody stores it; a stranger is a defect. Joins the caller's transaction.
     */
    readonly recognise: (
      organization: OrganizationId,
      session: SessionId,
      people: ReadonlyArray<PersonSeen>,
    ) => Effect.Effect<ReadonlyArray<ContactId>>
  }
>() {}
