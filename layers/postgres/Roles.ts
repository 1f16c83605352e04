/** The two roles the gateway works under, created once per server. Neither owns a table nor bypasses a policy. */
import type { SqlClient, SqlError } from "@effect/sql"
import { Effect } from "effect"
import { DatabaseNotStarted } from "./DatabaseNotStarted.ts"

const roles = ["gateway_app", "gateway_system"] as const

export const ensureRoles = (sql: SqlClient.SqlClient): Effect.Effect<void, DatabaseNotStarted> =>
  Effect.gen(function* () {
    yield* sql`SELECT pg_advisory_xact_lock(hashtextextended('gateway_roles', 0))`
    for (const role of roles) yield* ensureRole(sql, role)
  }).pipe(
    sql.withTransaction,
    Effect.catchTag("SqlError", (error) => notStarted(explain(error))),
  )

const ensureRole = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, role: string) {
  const found = yield* state(sql, role)
  if (found === undefined) yield* create(sql, role)
  if (found?.isMember !== true) yield* join(sql, role)
  if (found?.isUnbound === true)
    return yield* notStarted(
      `role ${role} is a superuser or bypasses row-level security, so organizations would not be kept apart; run: ALTER ROLE ${role} NOSUPERUSER NOBYPASSRLS`,
    )
})

const state = (sql: SqlClient.SqlClient, role: string) =>
  Effect.map(
    sql<{ isMember: boolean; isUnbound: boolean }>`
      SELECT pg_has_role(current_user, oid, 'MEMBER') AS "isMember", rolsuper OR rolbypassrls AS "isUnbound"
      FROM pg_roles WHERE rolname = ${role}`,
    (rows) => rows[0],
  )

/** Roles belong to the whole server, the lock only to one database: somebody else may be faster. */
const create = (sql: SqlClient.SqlClient, role: string) =>
  sql`
    DO $$ BEGIN
      CREATE ROLE ${sql.literal(role)} NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$`.pipe(
    adviseWhenRefused(
      sql,
      `CREATE ROLE gateway_app ROLE USER; CREATE ROLE gateway_system ROLE USER`,
    ),
  )

const join = (sql: SqlClient.SqlClient, role: string) =>
  sql`GRANT ${sql.literal(role)} TO CURRENT_USER`.pipe(
    adviseWhenRefused(sql, "GRANT gateway_app, gateway_system TO USER"),
  )

const adviseWhenRefused =
  (sql: SqlClient.SqlClient, advice: string) =>
  <A>(statement: Effect.Effect<A, SqlError.SqlError>) =>
    Effect.catchIf(statement, isPrivilegeMissing, () =>
      notStarted(
        `the user of DATABASE_URL may not create or grant roles; let an administrator run: ${advice.replaceAll("USER", userOf(sql))}`,
      ),
    )

const isPrivilegeMissing = ({ cause }: SqlError.SqlError) =>
  (cause as { code?: string } | undefined)?.code === "42501"

const userOf = (sql: SqlClient.SqlClient) =>
  `"${(sql as { config?: { username?: string } }).config?.username ?? "the user"}"`

const explain = ({ cause, message }: SqlError.SqlError) =>
  cause instanceof Error && cause.message !== "" ? cause.message : String(message)

const notStarted = (reason: string) =>
  Effect.fail(new DatabaseNotStarted({ step: "roles", reason }))
