/** Row-level security as the second wall: what remains when the first one, our own SQL, forgets. */
import type * as Pg from "pg"
import { fillTables, insertionInto, takeAnyRow } from "../support/TenantRows.ts"
import { breachesOf, tablesOf, tenantTablesOf } from "../support/TenantTables.ts"
import { migrate, withClient, withServer } from "./PrivateServer.ts"
import type { Outcome, Row } from "./Row.ts"
import { Tally } from "./Tally.ts"

const owning = "org_01J9ZX8K2QHV0M3T6R7P4N5W8A"
const other = "org_01J9ZX8K2QHV0M3T6R7P4N5W8B"

/** Who asks, when it is not the owner: nobody at all, another tenant, and what bugs make of an id. */
const askers = [undefined, other, "", "%", `${owning} `, owning.toLowerCase(), "org_' OR true --"]

interface Statement {
  readonly text: string
  readonly values?: ReadonlyArray<unknown>
}

/** Each asks for rows of the owner; none may touch one. */
const attempts = (table: string): ReadonlyArray<string> => [
  `SELECT 1 FROM "${table}" WHERE organization_id = '${owning}'`,
  `SELECT 1 FROM "${table}" WHERE organization_id = '${owning}' FOR UPDATE`,
  `SELECT 1 FROM (SELECT organization_id FROM "${table}") t WHERE organization_id = '${owning}'`,
  `UPDATE "${table}" SET organization_id = organization_id WHERE organization_id = '${owning}'`,
  `DELETE FROM "${table}" WHERE organization_id = '${owning}'`,
  `WITH gone AS (DELETE FROM "${table}" WHERE organization_id = '${owning}' RETURNING 1)
   SELECT * FROM gone`,
  `TRUNCATE "${table}"`,
  `ALTER TABLE "${table}" DISABLE ROW LEVEL SECURITY`,
  `DROP POLICY one_organization ON "${table}"`,
]

/** How many rows a statement touched, under the tenants' role and for one organization. */
const touched = async (
  client: Pg.Client,
  organization: string | undefined,
  { text, values = [] }: Statement,
): Promise<number> => {
  await client.query("BEGIN; SET LOCAL ROLE gateway_app")
  if (organization !== undefined)
    await client.query("SELECT set_config('app.organization', $1, true)", [organization])
  const rows = await client
    .query(text, [...values])
    .then(({ rowCount }) => rowCount ?? 1, refusedRows)
  await client.query("ROLLBACK")
  return rows
}

/** Only a refused right counts as a refusal: any other error would prove nothing. */
const refusedRows = (error: { readonly code?: string }) => {
  if (error.code === "42501") return 0
  throw error
}

/** A plan that was made for one organization must not answer the next. */
const answersFromOldPlan = async (client: Pg.Client, table: string) => {
  const plan = { name: `plan_${table}`, text: `SELECT organization_id FROM "${table}"` }
  let wrong = 0
  for (const organization of [...Array<string>(6).fill(owning), other]) {
    await client.query("BEGIN; SET LOCAL ROLE gateway_app")
    await client.query("SELECT set_config('app.organization', $1, true)", [organization])
    const { rows } = await client.query(plan)
    await client.query("ROLLBACK")
    if (rows.length !== 1 || rows[0].organization_id !== organization) wrong += 1
  }
  return wrong
}

const attack = (url: string): Promise<Outcome> =>
  withClient(url, async (client) => {
    const tally = new Tally()
    tally.tried("the catalog", await breachesOf(client))
    const tables = await tenantTablesOf(client)
    for (const table of tables) {
      const seen = await touched(client, owning, { text: `SELECT 1 FROM "${table}"` })
      tally.tried(table, seen === 1 ? [] : [`the owner sees ${seen} rows of its one`])
      const planned = await answersFromOldPlan(client, table)
      tally.tried(table, planned === 0 ? [] : [`${planned} answers of an old plan`])
      await attackTable(client, table, tally)
    }
    for (const table of (await tablesOf(client)).filter((name) => !tables.includes(name))) {
      const seen = await touched(client, owning, { text: `SELECT 1 FROM "${table}"` })
      tally.tried(table, seen === 0 ? [] : ["the gateway's own can be read"])
    }
    return tally.outcome({ tables: tables.length, askers: askers.length })
  })

const attackTable = async (client: Pg.Client, table: string, tally: Tally) => {
  const statements: ReadonlyArray<Statement> = [
    ...attempts(table).map((text) => ({ text })),
    await insertionInto(client, table, { organization_id: owning }, 3),
  ]
  for (const asker of askers)
    for (const statement of statements) {
      const rows = await touched(client, asker, statement)
      const complaint = `${statement.text.split(" ")[0]} touched ${rows}`
      tally.tried(`${table} as ${asker ?? "nobody"}`, rows === 0 ? [] : [complaint])
    }
  const given = { text: `UPDATE "${table}" SET organization_id = '${other}'` }
  tally.tried(table, (await touched(client, owning, given)) === 0 ? [] : ["rows are given away"])
}

const prepare = async (url: string) => {
  await migrate(url)
  await withClient(url, async (owner) => {
    await takeAnyRow(owner)
    await fillTables(owner, owning, 1)
    await fillTables(owner, other, 2)
  })
}

/** The control: as after a migration that forgot to call `tenantTable`. Keys no longer matter then. */
const withoutPolicies = (url: string) =>
  withClient(url, async (owner) => {
    for (const table of await tenantTablesOf(owner)) {
      await owner.query(`ALTER TABLE "${table}" DISABLE ROW LEVEL SECURITY`)
      const { rows } = await owner.query<{ name: string }>(
        `SELECT conname AS name FROM pg_constraint
         WHERE contype IN ('u', 'p') AND conrelid = $1::regclass`,
        [table],
      )
      for (const { name } of rows)
        await owner.query(`ALTER TABLE "${table}" DROP CONSTRAINT "${name}" CASCADE`)
    }
  })

const trial = (spoil?: (url: string) => Promise<void>) => () =>
  withServer(async (url) => {
    await prepare(url)
    await spoil?.(url)
    return attack(url)
  })

export const S4b: Row = {
  promise: "the database itself keeps organizations apart, whatever a statement forgot",
  run: trial(),
  control: trial(withoutPolicies),
}
