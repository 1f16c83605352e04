import { Effect, Schema, type SchemaAST } from "effect"
import { LocalIdentity } from "../../layers/LocalIdentity.ts"
import { OwnerSql } from "../../layers/Postgres.ts"
import { type Estate, estate, idsIn } from "../http/Estate.ts"
import { type Operation, operations } from "../http/Operations.ts"
import { bodiesOf, fieldsOf, misses, pathOf, queryOf, unknownIds } from "../http/Requests.ts"
import { type Answer, send } from "../support/Http.ts"
import { onGateway } from "./Gateways.ts"
import type { Row, Trial } from "./Row.ts"
import { Tally } from "./Tally.ts"
import { withoutStrictness } from "./WithoutStrictness.ts"

const writable = operations.filter(({ bodySchema }) => bodySchema !== undefined)

const trial = (trial: Trial, asked = writable) =>
  onGateway(
    Effect.gen(function* () {
      const alice = yield* estate()
      const operator = yield* operatorOf(alice)
      const columns = yield* columnNames
      const tally = new Tally()
      for (const operation of asked) {
        const as = operation.requirement === "super_admin" ? operator : alice.key
        const before = yield* snapshot
        const attempt = ({ field, json }: Attempt) =>
          Effect.map(ask(operation, alice, as, json), (answer) =>
            tally.tried(`${operation.name} ${json.slice(0, 200)}`, complaints(answer, field)),
          )
        yield* Effect.forEach(attempts(operation, alice, columns, trial), attempt, {
          concurrency: 8,
          discard: true,
        })
        if ((yield* snapshot) !== before) tally.failed(`${operation.name}: rows changed`)
      }
      return tally.outcome({ operations: asked.length, columns: columns.length })
    }),
  )

const operatorOf = Effect.fnUntraced(function* ({ organization }: Estate) {
  const { issue } = yield* LocalIdentity
  const draft = { organization: organization.id, role: "owner", subject: "user_1" } as const
  return yield* issue({ ...draft, ttl: "1 hour", superAdmin: true })
}, Effect.provide(LocalIdentity.Default))

interface Attempt {
  readonly field: string
  readonly json: string
}

const attempts = (
  operation: Operation,
  alice: Estate,
  columns: ReadonlyArray<string>,
  { form, seed }: Trial,
): ReadonlyArray<Attempt> => {
  const own = fieldsOf(operation.bodySchema!)
  const [fitting] = bodiesOf(operation, seed)
  const foreign = new Set([...answered, ...columns, ...inherited])
  const fields = [...foreign]
    .filter((field) => !own.includes(field))
    .filter((field, nth) => form === "full" || inherited.includes(field) || nth % 3 === seed % 3)
  const values = [alice.ids["sessions"], 1, true, null, ["x"], { isAdminSession: true }]
  const tried = form === "full" ? values : values.slice(0, 1)
  return [
    ...fields.flatMap((field) =>
      tried.map((value) => ({ field, json: withField(fitting, field, value) })),
    ),
    ...own.map((field) => ({ field, json: twice(field) })),
    ...misses(operation, fitting).map(({ body, field }) => ({ field, json: JSON.stringify(body) })),
  ]
}

const inherited = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"]

/** Written by hand: an object would take `__proto__` for its prototype. */
const withField = (fitting: unknown, field: string, value: unknown) => {
  const json = JSON.stringify(fitting)
  const comma = json === "{}" ? "" : ","
  return `${json.slice(0, -1)}${comma}${JSON.stringify(field)}:${JSON.stringify(value)}}`
}

const twice = (field: string) => {
  const name = JSON.stringify(field)
  return `{${name}:"first",${name}:"second"}`
}

/** Every name that any answer shows. */
const answered = operations.flatMap(({ answers }) =>
  [...answers].flatMap(([status, schema]) =>
    schema === undefined || status >= 300 ? [] : namesIn(Schema.encodedSchema(schema).ast),
  ),
)

function namesIn(ast: SchemaAST.AST): ReadonlyArray<string> {
  switch (ast._tag) {
    case "TypeLiteral":
      return ast.propertySignatures.flatMap(({ name, type }) => [String(name), ...namesIn(type)])
    case "Union":
      return ast.types.flatMap(namesIn)
    case "TupleType":
      return ast.rest.flatMap(({ type }) => namesIn(type))
    default:
      return []
  }
}

const ask = (operation: Operation, alice: Estate, as: string, body: string) => {
  const ids = idsIn(operation, alice.ids, unknownIds(operation, 1))
  return send(pathOf(operation, ids) + queryOf(operation, 1), {
    as,
    method: operation.method,
    body,
    headers: { "content-type": "application/json" },
  })
}

const complaints = ({ body, status }: Answer, field: string) => {
  const named = JSON.stringify(body?.error?.details?.fields ?? [])
  return [
    ...(status === 400 ? [] : [`answers ${status}`]),
    ...(status === 400 && !named.includes(field) ? ["does not name the field"] : []),
    ...("isAdminSession" in {} ? ["pollutes the prototype of everything"] : []),
  ]
}

const columnNames = Effect.gen(function* () {
  const sql = yield* OwnerSql
  const rows = yield* sql<{ name: string }>`
    SELECT DISTINCT column_name AS name FROM information_schema.columns
    WHERE table_schema = 'public'`
  return rows.map(({ name }) => name)
})

/** Every row there is, but for when a key was last used, and until when a process is taken for alive. */
const snapshot = Effect.gen(function* () {
  const sql = yield* OwnerSql
  const tables = yield* sql<{ name: string }>`
    SELECT table_name AS name FROM information_schema.tables
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1`
  const sums = yield* Effect.forEach(tables, ({ name }) =>
    Effect.map(
      sql<{ sum: string }>`
        SELECT md5(coalesce(string_agg(r, ',' ORDER BY r), '')) AS sum
        FROM (SELECT (to_jsonb(t) - 'last_used_at' - 'alive_until')::text AS r FROM ${sql(name)} t) rows`,
      ([row]) => `${name} ${row!.sum}`,
    ),
  )
  return sums.join("\n")
})

export const S3: Row = {
  promise: "nobody writes what the gateway owns",
  run: (told) => trial(told),
  control: (told) => withoutStrictness(() => trial(told, writable.slice(0, 4))),
}
