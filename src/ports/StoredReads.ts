import { Context, type Effect } from "effect"
import type { OrganizationId } from "../domain/Organization.ts"

export type Parameter = string | number | null

/** What a statement found: JSON text, null where its one row has none, undefined where there is no row. */
export type Found = string | null | undefined

/** The rows of an organization, asked by one statement whose one column is JSON text. */
export class StoredReads extends Context.Tag("src/ports/StoredReads")<
  StoredReads,
  {
    /**
     * `$1` of the statement is the organization, whose rows are all that it sees; the parameters
     * follow. Nothing can be written. A database that is away is a defect.
     */
    readonly find: (
      organization: OrganizationId,
      statement: string,
      parameters: ReadonlyArray<Parameter>,
    ) => Effect.Effect<Found>
  }
>() {}
