/** Tenancy by row-level security: the organization is a setting of the transaction, which policies compare with. */
import { SqlClient } from "@effect/sql"
import { Context, Data, Effect, Layer, Option, Schema, Scope } from "effect"
import { OrganizationId } from "../src/domain/Organization.ts"
import { Tenancy } from "../src/ports/Tenancy.ts"
import { endings, reserveUntilClosed } from "./postgres/SeparateTransactions.ts"
import { TenantConnection } from "./postgres/TenantConnection.ts"

export const layer = Layer.effect(
  Tenancy,
  Effect.map(SqlClient.SqlClient, (sql) => {
    const within = (organization: OrganizationId) => {
      const transaction = transactionOf(sql, Schema.decodeSync(OrganizationId)(organization))
      // What the effect fails with is the caller's; what the transaction itself fails with is nobody's fault.
      return <A, E, R>(effect: Effect.Effect<A, E, R>) =>
        Effect.mapError(effect, (failure) => new Failed({ failure })).pipe(
          transaction,
          inside(organization),
          Effect.catchAll((error) =>
            error instanceof Failed ? Effect.fail(error.failure) : Effect.die(error),
          ),
        )
    }
    const joining =
      (organization: OrganizationId) =>
      <A, E, R>(statement: Effect.Effect<A, E, R>) =>
        Effect.flatMap(Effect.serviceOption(SqlClient.TransactionConnection), (current) =>
          Option.isSome(current) && isOpenFor(organization, current.value[0])
            ? statement
            : within(organization)(statement),
        )
    return { joining, within }
  }),
)

const isOpenFor = (organization: OrganizationId, connection: unknown) =>
  connection instanceof TenantConnection &&
  connection.organization === organization &&
  !connection.isOver

class Failed<E> extends Data.TaggedClass("Failed")<{ readonly failure: E }> {}

const transactionOf = (sql: SqlClient.SqlClient, organization: OrganizationId) =>
  SqlClient.makeWithTransaction({
    transactionTag: SqlClient.TransactionConnection,
    spanAttributes: [],
    acquireConnection: reserveFor(sql, organization),
    begin: (connection) => connection.executeUnprepared(beginFor(organization), [], undefined),
    ...endings,
  })

const reserveFor = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organization: OrganizationId,
) {
  const [scope, reserved] = yield* reserveUntilClosed(sql)
  const connection = new TenantConnection(reserved, organization)
  yield* Scope.addFinalizer(
    scope,
    Effect.sync(() => connection.close()),
  )
  return [scope, connection] as const
})

/** One round trip. The id was checked against its pattern, which has no quotes. */
const beginFor = (organization: OrganizationId) =>
  `BEGIN; SELECT set_config('app.organization', '${organization}', true)`

/** Leaves a transaction that is over, joins one of the same organization, and refuses every other. */
const inside =
  (organization: OrganizationId) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.flatMap(Effect.serviceOption(SqlClient.TransactionConnection), (current) => {
      if (Option.isNone(current)) return effect
      const [connection] = current.value
      if (!(connection instanceof TenantConnection))
        return Effect.dieMessage("a tenant's work can not start inside another transaction")
      if (connection.isOver) return Effect.mapInputContext(effect, withoutTransaction<R>)
      return connection.organization === organization
        ? effect
        : Effect.dieMessage("work for one organization can not contain work for another")
    })

const withoutTransaction = <R>(context: Context.Context<R>) =>
  Context.omit(SqlClient.TransactionConnection)(
    context as Context.Context<R | SqlClient.TransactionConnection>,
  ) as Context.Context<R>
