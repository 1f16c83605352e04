import { Context, type Effect } from "effect"
import type { OrganizationId } from "../domain/Organization.ts"

/** The wall between organizations, as the database keeps it. */
export class Tenancy extends Context.Tag("src/ports/Tenancy")<
  Tenancy,
  {
    /**
     * Runs the effect in one transaction that sees and writes the rows of this organization only. Inside it, the same
     * organization nests as a savepoint; another organization is a defect, and so is a database that is away.
     */
    readonly within: (
      organization: OrganizationId,
    ) => <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
    /**
     * As `within`, for one statement: inside a transaction it has no savepoint of its own, so that all of it fails where
     * the statement does.
     */
    readonly joining: (
      organization: OrganizationId,
    ) => <A, E, R>(statement: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  }
>() {}
