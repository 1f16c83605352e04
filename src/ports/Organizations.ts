import { Context, type Effect } from "effect"
import type { Organization, OrganizationId } from "../domain/Organization.ts"

/** The tenants of this gateway; seen by its operator alone. */
export class Organizations extends Context.Tag("src/ports/Organizations")<
  Organizations,
  {
    readonly create: (name: string) => Effect.Effect<Organization>
    /** Oldest first. */
    readonly list: Effect.Effect<ReadonlyArray<Organization>>
    /** Cheap enough to ask before each request; late by a minute at most. */
    readonly has: (organization: OrganizationId) => Effect.Effect<boolean>
  }
>() {}
