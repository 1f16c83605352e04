/** Brings the tables to the state this program expects, or says why it must not be run on them. */
import { SqlClient, type SqlError } from "@effect/sql"
import { Data, Effect } from "effect"
import { OwnerSql } from "./Postgres.ts"

/** Keys are `0001_what_it_does`. What was released is never edited, renamed or removed. */
export interface OwnedMigrations {
  readonly owner: string
  readonly migrations: Readonly<
    Record<string, Effect.Effect<unknown, SqlError.SqlError, SqlClient.SqlClient>>
  >
}

export class DatabaseNotMigrated extends Data.TaggedError("DatabaseNotMigrated")<{
  readonly owner: string
  readonly reason: string
}> {
  override get message() {
    return `the tables of ${this.owner} can not be brought up to date: ${this.reason}`
  }
}

interface Migration {
  readonly id: number
  readonly name: string
  readonly apply: Effect.Effect<unknown, SqlError.SqlError, SqlClient.SqlClient>
}

interface Applied {
  readonly id: number
  readonly name: string
}

/** Applies what is new, one transaction per owner. Processes that start together wait for each other. */
export const run = Effect.fn("Migrations.run")(function* (owners: ReadonlyArray<OwnedMigrations>) {
  const sql = yield* OwnerSql
  yield* Effect.forEach(owners, (owned) =>
    migrate(owned).pipe(
      sql.withTransaction,
      Effect.provideService(SqlClient.SqlClient, sql),
      Effect.catchTag("SqlError", (error) => refuse(owned.owner, explain(error))),
    ),
  )
})

/** Whether nothing is missing of what `run` applies; fails when the database is away. */
export const areApplied = Effect.fn("Migrations.areApplied")(function* (
  owners: ReadonlyArray<OwnedMigrations>,
) {
  const sql = yield* OwnerSql
  const each = (select: (owner: string, table: string) => string) =>
    sql.literal(owners.map(({ owner }) => select(owner, tableOf(owner))).join(" UNION ALL "))
  const tables = yield* sql<{ found: boolean }>`
    SELECT bool_and(found) AS found
    FROM (${each((_, table) => `SELECT to_regclass('"${table}"') IS NOT NULL AS found`)}) AS tables`
  if (tables[0]?.found !== true) return false
  const applied = yield* sql<Applied & { owner: string }>`
    ${each((owner, table) => `SELECT '${owner}' AS owner, id, name FROM "${table}"`)}`
  const keys = new Set(applied.map((one) => `${one.owner} ${keyOf(one)}`))
  return owners.every(({ migrations, owner }) =>
    Object.keys(migrations).every((key) => keys.has(`${owner} ${key}`)),
  )
})

const migrate = Effect.fnUntraced(function* ({ owner, migrations }: OwnedMigrations) {
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(owner))
    return yield* refuse(
      JSON.stringify(owner),
      "an owner is named by 1 to 31 lower-case letters, digits and dashes, a letter first",
    )
  const known = yield* Effect.mapError(parse(migrations), (reason) => refused(owner, reason))
  const applied = yield* lockAndRead(owner)
  const conflict = findConflict(known, applied)
  if (conflict !== undefined) return yield* refuse(owner, conflict)
  for (const migration of known.slice(applied.length)) yield* apply(owner, migration)
})

const lockAndRead = Effect.fnUntraced(function* (owner: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`SELECT pg_advisory_xact_lock(hashtextextended('gateway_migrations', 0))`
  yield* sql`
    CREATE TABLE IF NOT EXISTS ${sql(tableOf(owner))} (
      id integer PRIMARY KEY,
      name text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    )`
  return yield* sql<Applied>`SELECT id, name FROM ${sql(tableOf(owner))} ORDER BY id`
})

const apply = Effect.fnUntraced(function* (owner: string, { id, name, apply }: Migration) {
  const sql = yield* SqlClient.SqlClient
  yield* Effect.catchTag(apply, "SqlError", (error) =>
    refuse(owner, `migration ${keyOf({ id, name })} does not apply: ${explain(error)}`),
  )
  yield* sql`INSERT INTO ${sql(tableOf(owner))} (id, name) VALUES (${id}, ${name})`
  yield* Effect.logInfo(`applied migration ${keyOf({ id, name })} of ${owner}`)
})

const tableOf = (owner: string) => `gateway_migrations_${owner}`

const parse = (
  migrations: OwnedMigrations["migrations"],
): Effect.Effect<ReadonlyArray<Migration>, string> =>
  Effect.gen(function* () {
    const known = new Map<number, Migration>()
    for (const [key, apply] of Object.entries(migrations)) {
      const [, digits, name] = /^(\d{4})_(\w+)$/.exec(key) ?? []
      if (digits === undefined || name === undefined)
        return yield* Effect.fail(`"${key}" is not named like 0001_what_it_does`)
      const twin = known.get(Number(digits))
      if (twin !== undefined)
        return yield* Effect.fail(`id ${digits} is used twice, by "${twin.name}" and by "${name}"`)
      known.set(Number(digits), { id: Number(digits), name, apply })
    }
    return [...known.values()].sort((a, b) => a.id - b.id)
  })

/** Without a conflict, what is applied is exactly the beginning of what is known. */
const findConflict = (known: ReadonlyArray<Migration>, applied: ReadonlyArray<Applied>) => {
  for (const done of applied) {
    const same = known.find(({ id }) => id === done.id)
    if (same === undefined)
      return `the database is newer than this program: ${keyOf(done)} is applied, but the program does not know it`
    if (same.name !== done.name)
      return `id ${digitsOf(done.id)} was applied as "${done.name}", but the program has it as "${same.name}"`
  }
  const last = applied.at(-1)
  const late = known.find(({ id }) => !applied.some((done) => done.id === id))
  return last !== undefined && late !== undefined && late.id < last.id
    ? `${keyOf(late)} was never applied although the later ${keyOf(last)} was; give it a higher id`
    : undefined
}

const digitsOf = (id: number) => String(id).padStart(4, "0")

const keyOf = ({ id, name }: Applied) => `${digitsOf(id)}_${name}`

const explain = ({ cause, message }: SqlError.SqlError) =>
  cause instanceof Error && cause.message !== "" ? cause.message : String(message)

const refused = (owner: string, reason: string) => new DatabaseNotMigrated({ owner, reason })

const refuse = (owner: string, reason: string) => Effect.fail(refused(owner, reason))
