import { Effect, Option } from "effect"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId } from "../../src/domain/Session.ts"
import { SystemSql } from "../Postgres.ts"
import type { KekId } from "./KeyEncryptionKey.ts"

/** Whose records one data key seals: those of a session, or of the organization itself. */
export interface Scope {
  readonly organizationId: OrganizationId
  readonly sessionId: SessionId | null
}

export interface WrappedKey {
  readonly kekId: KekId
  readonly wrapped: Uint8Array
}

export interface WrappedDataKey extends WrappedKey, Scope {
  readonly keyVersion: number
}

/** The gateway's own key; which master key wrapped it says which one is in force. */
const pepper = "api_key_pepper"

/** Wrapped keys, where they are stored. Only rows that name their `kekId` go in or out. */
export class DataKeysRepo extends Effect.Service<DataKeysRepo>()("layers/secrets/DataKeysRepo", {
  effect: Effect.gen(function* () {
    const sql = yield* SystemSql
    const columns = sql.literal(
      `organization_id AS "organizationId", session_id AS "sessionId", key_version AS "keyVersion",
       kek_id AS "kekId", wrapped`,
    )

    const list = (scope: Scope) =>
      sql<WrappedDataKey>`
        SELECT ${columns} FROM data_keys
        WHERE organization_id = ${scope.organizationId}
          AND scope_id = ${scope.sessionId ?? scope.organizationId}`

    /** Does nothing when there is one already, or when its master key is no longer in force. */
    const insert = ({ kekId, keyVersion, organizationId, sessionId, wrapped }: WrappedDataKey) =>
      sql`
        INSERT INTO data_keys (organization_id, session_id, key_version, kek_id, wrapped)
        SELECT ${organizationId}::text, ${sessionId}::text, ${keyVersion}::integer, kek_id,
               ${wrapped}::bytea
        FROM gateway_keys WHERE name = ${pepper} AND kek_id = ${kekId}
        FOR SHARE
        ON CONFLICT DO NOTHING`

    const findPepper = Effect.map(
      sql<WrappedKey>`SELECT kek_id AS "kekId", wrapped FROM gateway_keys WHERE name = ${pepper}`,
      ([row]) => Option.fromNullable(row),
    )

    const insertPepper = ({ kekId, wrapped }: WrappedKey) =>
      sql`
        INSERT INTO gateway_keys (name, kek_id, wrapped) VALUES (${pepper}, ${kekId}, ${wrapped})
        ON CONFLICT DO NOTHING`

    const replacePepper = ({ kekId, wrapped }: WrappedKey) =>
      sql`UPDATE gateway_keys SET kek_id = ${kekId}, wrapped = ${wrapped} WHERE name = ${pepper}`

    /** Some that another master key has wrapped; locked until the transaction ends. */
    const listOutdated = (kekId: KekId, limit: number) =>
      sql<WrappedDataKey>`
        SELECT ${columns} FROM data_keys WHERE kek_id <> ${kekId}
        ORDER BY organization_id, scope_id, key_version LIMIT ${limit} FOR UPDATE`

    const replace = ({ kekId, keyVersion, organizationId, sessionId, wrapped }: WrappedDataKey) =>
      sql`
        UPDATE data_keys SET kek_id = ${kekId}, wrapped = ${wrapped}
        WHERE organization_id = ${organizationId}
          AND scope_id = ${sessionId ?? organizationId} AND key_version = ${keyVersion}`

    const unlessTaken = <A, E, R>(rotation: Effect.Effect<A, E, R>) =>
      Effect.gen(function* () {
        const connection = yield* Effect.orDie(sql.reserve)
        const ask = (verb: string) =>
          Effect.orDie(connection.execute(`SELECT ${verb}(720741) AS "done"`, [], undefined))
        const [{ done }] = yield* ask("pg_try_advisory_lock")
        if (done !== true) return Option.none<A>()
        return Option.some(yield* Effect.ensuring(rotation, ask("pg_advisory_unlock")))
      }).pipe(Effect.scoped)

    /** One at a time, in all processes together; one that dies makes room. */
    const exclusively = <A, E, R>(rotation: Effect.Effect<A, E, R>) =>
      Effect.gen(function* () {
        let result = yield* unlessTaken(rotation)
        while (Option.isNone(result)) {
          yield* Effect.sleep("200 millis")
          result = yield* unlessTaken(rotation)
        }
        return result.value
      })

    return {
      list: (scope: Scope) => Effect.orDie(list(scope)),
      insert: (key: WrappedDataKey) => Effect.orDie(insert(key)),
      findPepper: Effect.orDie(findPepper),
      insertPepper: (key: WrappedKey) => Effect.orDie(insertPepper(key)),
      replacePepper: (key: WrappedKey) => Effect.orDie(replacePepper(key)),
      listOutdated: (kekId: KekId, limit: number) => Effect.orDie(listOutdated(kekId, limit)),
      replace: (key: WrappedDataKey) => Effect.orDie(replace(key)),
      inTransaction: <A, E, R>(body: Effect.Effect<A, E, R>) =>
        sql.withTransaction(body).pipe(Effect.catchTag("SqlError", Effect.die)),
      exclusively,
    } as const
  }),
}) {}
