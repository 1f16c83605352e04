import * as Pg from "pg"
import { type Told, tenantStatement, TenantRead } from "../../layers/postgres/TenantRead.ts"
import { listedGroups, storedGroup } from "../../plugins/groups/Reads.ts"
import { migrate, withClient, withServer } from "../evidence/PrivateServer.ts"
import type { Bench, Measure } from "./Bench.ts"
import { fill, group, session } from "./reads/Estate.ts"
import { median } from "./reads/Rounds.ts"

const organization = "org_01J9ZX8K2QHV0M3T6R7P4N5W8A"
const reads = [
  { name: "oneGroup", text: storedGroup, values: [organization, session, group] },
  { name: "allGroups", text: listedGroups, values: [organization, session, "0", null] },
]

type Prepared = (typeof reads)[number] & { readonly hasBeenParsed: (wire: Wire) => boolean }
type Wire = Parameters<TenantRead["prepare"]>[0]

/** The same but for the organization, which nobody names. */
class BareRead extends TenantRead {
  override prepare(wire: Wire) {
    const { hasBeenParsed, name, text, values } = this as unknown as Prepared
    this.handleCommandComplete()
    if (!hasBeenParsed.call(this, wire)) {
      wire.parse({ name, text })
      wire.submittedNamedStatements[name] = text
    }
    wire.bind({ statement: name, values })
    wire.execute({})
    wire.sync()
  }
}

/** As many as the gateway has. */
const connect = (url: string, role: string) =>
  Promise.all(
    Array.from({ length: 6 }, async () => {
      const client = new Pg.Client({ connectionString: url, pipeline: true })
      await client.connect()
      await client.query(`SET ROLE ${role}; SET default_transaction_read_only = on`)
      await client.query({ ...tenantStatement, values: [""] })
      return client
    }),
  )

/** With ten reads on each connection, and another one for each that is answered. */
const perSecond = async (
  clients: ReadonlyArray<Pg.Client>,
  seconds: number,
  read: (told: Told) => TenantRead,
) => {
  const started = performance.now()
  let answered = 0
  const keepAsking = (client: Pg.Client) =>
    new Promise<void>((resolve, reject) => {
      const told: Told = (error, found) => {
        if (typeof found !== "string") return reject(error ?? new Error("nothing was found"))
        answered += 1
        if (performance.now() - started > seconds * 1000) return resolve()
        client.query(read(told))
      }
      client.query(read(told))
    })
  await Promise.all(clients.flatMap((client) => Array(10).fill(client).map(keepAsking)))
  return answered / ((performance.now() - started) / 1000)
}

const measured = async (url: string, seconds: number) => {
  const walled = await connect(url, "gateway_app")
  // Its policy hides no row.
  const open = await connect(url, "gateway_system")
  const measures: Array<Measure> = []
  for (const { name, text, values } of reads) {
    const [named, bare]: [Array<number>, Array<number>] = [[], []]
    const sides = [
      { clients: walled, Read: TenantRead, rates: named },
      { clients: open, Read: BareRead, rates: bare },
    ]
    for (let round = 0; round < 9; round += 1)
      for (const { Read, clients, rates } of sides)
        rates.push(await perSecond(clients, seconds, (told) => new Read(name, text, values, told)))
    const [value, baseline] = [median(named), median(bare)]
    measures.push({ name: `${name} readsPerSecond`, value, baseline, atLeast: 0.75 })
  }
  await Promise.all([...walled, ...open].map((client) => client.end()))
  return { measures }
}

export const readRls: Bench = {
  name: "read-rls",
  question: "What does row-level security leave of the driver's stored reads per second?",
  run: (form) =>
    withServer(async (url) => {
      await migrate(url)
      await withClient(url, async (owner) => {
        await owner.query("INSERT INTO organizations VALUES ($1, 'Bench', 1)", [organization])
        await fill(owner, organization)
      })
      return measured(url, form === "full" ? 10 : 1)
    }),
}
