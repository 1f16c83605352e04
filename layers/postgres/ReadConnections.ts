import { Context, Effect } from "effect"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { Parameter } from "../../src/ports/StoredReads.ts"
import { ReadConnection, type ReadConnectionOptions } from "./ReadConnection.ts"
import type { Told } from "./TenantRead.ts"

/** Few suffice, as each carries many reads at once. */
const most = 6

/** Connections for stored reads alone, which act as `gateway_app` and can not write. */
export class ReadConnections extends Context.Tag("layers/postgres/ReadConnections")<
  ReadConnections,
  {
    /**
     * Asks as `StoredReads` does, without a fiber. Tells exactly once, with an error when the database
     * is away, refuses the statement or takes too long.
     */
    readonly ask: (
      organization: OrganizationId,
      statement: string,
      parameters: ReadonlyArray<Parameter>,
      told: Told,
    ) => void
  }
>() {}

/** Opened when they are needed, closed with the scope. */
export const openReadConnections = (options: ReadConnectionOptions) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => Array.from({ length: most }, () => new ReadConnection(options))),
      (all) =>
        Effect.promise(() => Promise.all(all.map((one) => one.close()))).pipe(
          Effect.interruptible,
          Effect.timeoutOption("1 second"),
        ),
    ),
    (all): ReadConnections["Type"] => {
      const nameOf = names()
      return {
        ask: (organization, statement, parameters, told) =>
          idlest(all).ask(nameOf(statement), statement, [organization, ...parameters], told),
      }
    },
  )

/** Two reads of the same statement are one prepared statement. */
const names = () => {
  const known = new Map<string, string>()
  return (statement: string) => {
    const found = known.get(statement)
    if (found !== undefined) return found
    const name = `read_${known.size}`
    known.set(statement, name)
    return name
  }
}

const idlest = (all: ReadonlyArray<ReadConnection>) =>
  all.reduce((least, one) => (one.underWay < least.underWay ? one : least))
