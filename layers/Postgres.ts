/** Four doors to one database: for the tenants, for their stored reads, for the gateway itself, and for migrations. */
import * as Reactivity from "@effect/experimental/Reactivity"
import { SqlClient } from "@effect/sql"
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, type Redacted } from "effect"
import { openConnections, type ConnectionsOptions } from "./postgres/Connections.ts"
import { DatabaseNotStarted } from "./postgres/DatabaseNotStarted.ts"
import { openReadConnections, ReadConnections } from "./postgres/ReadConnections.ts"
import { ensureRoles } from "./postgres/Roles.ts"
import { separateTransactions } from "./postgres/SeparateTransactions.ts"

export { isDatabaseAway } from "./postgres/DatabaseAway.ts"
export { DatabaseNotStarted } from "./postgres/DatabaseNotStarted.ts"

/** Sees the rows of every organization: for work on behalf of none, such as finding whose an API key is. */
export class SystemSql extends Context.Tag("layers/SystemSql")<SystemSql, SqlClient.SqlClient>() {}

/** Owns the tables. Only migrations come through here. */
export class OwnerSql extends Context.Tag("layers/OwnerSql")<OwnerSql, SqlClient.SqlClient>() {}

export interface PostgresOptions {
  readonly url: Redacted.Redacted
  /** Connections for the tenants; default 10. The other three doors take fourteen more at most. */
  readonly pool?: number
  /** How long a statement may take before its connection is given up; default 5000. */
  readonly statementMillis?: number
}

/**
 * `SqlClient` acts as `gateway_app`, for whom a table of tenants is empty outside of `Tenancy.within`.
 * Building fails when the server does not answer or the roles can neither be found nor created.
 */
export const layer = (
  options: PostgresOptions,
): Layer.Layer<SqlClient.SqlClient | ReadConnections | SystemSql | OwnerSql, DatabaseNotStarted> =>
  Layer.scopedContext(openDoors(options)).pipe(Layer.provide(Reactivity.layer))

const openDoors = Effect.fnUntraced(function* (options: PostgresOptions) {
  const { url, pool = 10, statementMillis = 5_000 } = options
  const owner = yield* openDoor({ url, max: 2 })
  yield* requireAnswer(owner)
  yield* ensureRoles(owner)
  const app = yield* openDoor({ url, max: pool, role: "gateway_app", statementMillis })
  const reads = yield* openReadConnections({ url, statementMillis })
  const system = yield* openDoor({ url, max: 6, role: "gateway_system", statementMillis })
  return Context.make(SqlClient.SqlClient, app).pipe(
    Context.add(ReadConnections, reads),
    Context.add(SystemSql, separateTransactions(system, "layers/SystemSql/Transaction")),
    Context.add(OwnerSql, separateTransactions(owner, "layers/OwnerSql/Transaction")),
  )
})

const openDoor = (options: ConnectionsOptions) =>
  PgClient.fromPool({ acquire: openConnections(options) }).pipe(
    Effect.map(givingBack),
    Effect.orDie,
  )

/** A connection that comes after its caller was interrupted would belong to nobody, for ever. */
const givingBack = <Client extends SqlClient.SqlClient>(client: Client): Client =>
  Object.assign(client, { reserve: Effect.uninterruptible(client.reserve) })

const requireAnswer = (sql: SqlClient.SqlClient) =>
  sql`SELECT 1`.pipe(
    Effect.timeout("6 seconds"),
    Effect.mapError(({ cause, message }) => {
      const said = cause instanceof Error && cause.message !== "" ? cause.message : message
      return new DatabaseNotStarted({ step: "connect", reason: `no connection: ${said}` })
    }),
  )
