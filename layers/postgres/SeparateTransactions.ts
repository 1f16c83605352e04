/**
 * All SQL clients of a process share the notion of "the current transaction". For two clients with different
 * privileges that is a trap: what is asked of one would run on the other's connection. The client returned here
 * has transactions of its own and never joins, nor is joined by, those of another.
 */
import { PgClient } from "@effect/sql-pg"
import { SqlClient, Statement, type SqlConnection } from "@effect/sql"
import { Context, Effect, Scope } from "effect"

export const separateTransactions = (
  client: SqlClient.SqlClient,
  key: string,
): SqlClient.SqlClient => {
  const transaction = Context.GenericTag<string, readonly [SqlConnection.Connection, number]>(key)
  const connection = Effect.flatMap(Effect.serviceOption(transaction), (current) =>
    current._tag === "Some" ? Effect.succeed(current.value[0]) : client.reserve,
  )
  const statement = Statement.make(connection, PgClient.makeCompiler(), [], undefined)
  const separate = Object.assign(statement, {
    ...client,
    withTransaction: transactionsOf(client, transaction),
    withoutTransforms: () => separate,
    safe: undefined as never,
  }) as SqlClient.SqlClient
  return Object.assign(separate, { safe: separate })
}

const transactionsOf = (
  client: SqlClient.SqlClient,
  transactionTag: Context.Tag<string, readonly [SqlConnection.Connection, number]>,
) =>
  SqlClient.makeWithTransaction({
    transactionTag,
    spanAttributes: [],
    acquireConnection: reserveUntilClosed(client),
    begin: (connection) => connection.executeUnprepared("BEGIN", [], undefined),
    ...endings,
  })

/** A connection with the scope that gives it back. */
export const reserveUntilClosed = (client: SqlClient.SqlClient) =>
  Effect.flatMap(Scope.make(), (scope) =>
    Effect.map(Scope.extend(client.reserve, scope), (connection) => [scope, connection] as const),
  )

export const endings = {
  commit: (connection: SqlConnection.Connection) =>
    connection.executeUnprepared("COMMIT", [], undefined),
  rollback: (connection: SqlConnection.Connection) =>
    connection.executeUnprepared("ROLLBACK", [], undefined),
  savepoint: (connection: SqlConnection.Connection, id: number) =>
    connection.executeUnprepared(`SAVEPOINT nested_${id}`, [], undefined),
  rollbackSavepoint: (connection: SqlConnection.Connection, id: number) =>
    connection.executeUnprepared(`ROLLBACK TO SAVEPOINT nested_${id}`, [], undefined),
}
