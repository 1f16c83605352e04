import type { SqlClient } from "@effect/sql"
import { Effect } from "effect"

/** Fewer rows are quickly written however the database goes about it. */
const few = 500

/**
 * Has statements about a batch of so many rows planned for sets, inside of the caller's transaction.
 * Without statistics, right after a number was linked, the planner expects a session to have a handful
 * of rows and would compare each of them with each of the batch.
 */
export const asSets = <A, E, R>(
  sql: SqlClient.SqlClient,
  size: number,
  statements: Effect.Effect<A, E, R>,
) =>
  size < few
    ? statements
    : sql`SET LOCAL enable_nestloop = off`.pipe(
        Effect.zipRight(statements),
        Effect.zipLeft(sql`SET LOCAL enable_nestloop = on`),
      )
