/** Rows for every table there is, made from its columns alone. For a database that is thrown away. */
import type * as Pg from "pg"
import { tenantTablesOf } from "./TenantTables.ts"

interface Column {
  readonly name: string
  readonly type: string
}

/** From here on tables take any row: what a value must look like is not what is tested. */
export const takeAnyRow = async (owner: Pg.Client) => {
  for (const table of await tenantTablesOf(owner)) {
    await owner.query(`ALTER TABLE "${table}" DISABLE TRIGGER ALL`)
    const { rows } = await owner.query<{ name: string }>(
      "SELECT conname AS name FROM pg_constraint WHERE contype = 'c' AND conrelid = $1::regclass",
      [table],
    )
    for (const { name } of rows)
      await owner.query(`ALTER TABLE "${table}" DROP CONSTRAINT "${name}"`)
  }
}

/** One row of the organization in every table; `nth` keeps rows of several apart. */
export const fillTables = async (owner: Pg.Client, organization: string, nth: number) => {
  for (const table of await tenantTablesOf(owner))
    await owner.query(await insertionInto(owner, table, { organization_id: organization }, nth))
}

/** What inserts such a row, with these values in it. */
export const insertionInto = async (
  owner: Pg.Client,
  table: string,
  given: Readonly<Record<string, unknown>>,
  nth: number,
) => {
  const columns = await requiredColumns(owner, table)
  const made = columns.map((column) => [column.name, valueFor(table, column, nth)] as const)
  const row = { ...Object.fromEntries(made), ...given }
  const names = Object.keys(row).map((name) => `"${name}"`)
  const places = names.map((_, at) => `$${at + 1}`)
  return {
    text: `INSERT INTO "${table}" (${names.join()}) VALUES (${places.join()})`,
    values: Object.values(row),
  }
}

const requiredColumns = async (owner: Pg.Client, table: string): Promise<ReadonlyArray<Column>> => {
  const { rows } = await owner.query<Column>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attnotnull
       AND NOT atthasdef AND attidentity = '' AND attgenerated = ''`,
    [table],
  )
  return rows
}

const valueFor = (table: string, { name, type }: Column, nth: number): unknown => {
  if (type.endsWith("[]")) return []
  if (/^(text|character varying)/.test(type)) return `${name} ${nth}`
  if (/^(bigint|integer|smallint|numeric|double precision|real)/.test(type)) return nth
  if (type === "boolean") return true
  if (type === "bytea") return Buffer.from(`${name} ${nth}`)
  if (/^jsonb?$/.test(type)) return "{}"
  if (type.startsWith("timestamp")) return new Date(nth)
  if (type === "uuid") return `00000000-0000-4000-8000-${String(nth).padStart(12, "0")}`
  throw new Error(`no value is known for ${table}.${name}, which is ${type}`)
}
