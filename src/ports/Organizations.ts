import { Context, type Effect } from "effect"
import type { Organization } from "../domain/Organization.ts"

/** The tenants of this gateway; seen by its operator alone. */
export class Organizations extends Context.Tag("src/ports/Organizations")<
  Organizations,
  {
    readonly create: (name: string) => Effect.Effect<Organization>
    /** Oldest first. */
    readonly list: Effect.Effect<ReadonlyArray<Organization>>
  }
>() {}
