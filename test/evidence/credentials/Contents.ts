import * as Pg from "pg"

export interface Contents {
  readonly tables: number
  /** Every value of every column of every table, as text, and as bytes where it is bytes. */
  readonly dump: Buffer
  /** Everything in the database that could serve as the key of a hash. */
  readonly values: ReadonlyArray<Buffer>
}

/** All that somebody has who has the database. */
export const contentsOf = async (databaseUrl: string): Promise<Contents> => {
  const client = new Pg.Client(databaseUrl)
  await client.connect()
  try {
    const values: Array<Buffer> = []
    const tables = await tablesOf(client)
    for (const table of tables) for (const row of await rowsOf(client, table)) values.push(...row)
    return { tables: tables.length, dump: Buffer.concat(values.flatMap(separated)), values }
  } finally {
    await client.end()
  }
}

const tablesOf = async (client: Pg.Client): Promise<ReadonlyArray<string>> => {
  const { rows } = await client.query<{ name: string }>(`
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
    UNION ALL SELECT 'pg_catalog.pg_stat_activity'`)
  return rows.map(({ name }) => name)
}

type Fields = ReadonlyArray<string | null>

const rowsOf = async (client: Pg.Client, table: string): Promise<ReadonlyArray<Array<Buffer>>> => {
  const asText = { getTypeParser: () => (text: string) => text } as never
  const { rows } = await client.query<Array<string | null>>({
    text: `SELECT * FROM ${table}`,
    rowMode: "array",
    types: asText,
  })
  return rows.map((row: Fields) => row.flatMap((text) => (text === null ? [] : both(text))))
}

/** Bytes as bytes, too, and lines as one, because base64 comes in lines. */
const both = (text: string): ReadonlyArray<Buffer> => {
  if (text.startsWith("\\x")) return [Buffer.from(text), Buffer.from(text.slice(2), "hex")]
  return text.includes("\n")
    ? [Buffer.from(text), Buffer.from(text.replaceAll("\n", ""))]
    : [Buffer.from(text)]
}

const separated = (value: Buffer) => [value, Buffer.from("\n")]
