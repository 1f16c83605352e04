import { Redacted } from "effect"
import * as Pg from "pg"
import { connectMillis } from "./Connections.ts"
import { type Told, tenantStatement, TenantRead } from "./TenantRead.ts"

export interface ReadConnectionOptions {
  readonly url: Redacted.Redacted
  /** How long a read may take, its wait behind others included, before the connection is given up. */
  readonly statementMillis: number
}

/** A connection that reads are sent down one behind the other, unasked for the answer to the last. */
export class ReadConnection {
  readonly #options: ReadConnectionOptions
  #opening: Promise<Pg.Client> | undefined
  #open: Pg.Client | undefined
  #underWay = 0
  #isHeld = false

  constructor(options: ReadConnectionOptions) {
    this.#options = options
  }

  /** How many reads wait for their answer. */
  get underWay() {
    return this.#underWay
  }

  /** Opens the connection where there is none. Tells exactly once, at the latest when time is over. */
  ask(name: string, statement: string, parameters: ReadonlyArray<unknown>, told: Told) {
    this.#underWay += 1
    const answered: Told = (error, found) => {
      this.#underWay -= 1
      told(error, found)
    }
    const send = (client: Pg.Client) =>
      this.#send(
        client,
        new TenantRead(name, statement, parameters, (error, found) => {
          // What PostgreSQL did not say itself means that nobody is there any more.
          if (error !== null && !(error instanceof Pg.DatabaseError)) this.#lose(client)
          answered(error, found)
        }),
      )
    if (this.#open !== undefined) return send(this.#open)
    this.#connect().then(send, answered)
  }

  /** All that is asked in one turn of the event loop leaves in one packet. */
  #send(client: Pg.Client, read: TenantRead) {
    if (!this.#isHeld) {
      const { stream } = (client as unknown as { readonly connection: Pg.Connection }).connection
      this.#isHeld = true
      stream.cork()
      setImmediate(() => {
        this.#isHeld = false
        stream.uncork()
      })
    }
    client.query(read)
  }

  async close() {
    await (await this.#opening?.catch(() => undefined))?.end()
  }

  #connect() {
    this.#opening ??= open(this.#options).then(
      (client) => {
        client.on("error", () => this.#lose(client))
        return (this.#open = client)
      },
      (error) => {
        this.#opening = undefined
        throw error
      },
    )
    return this.#opening
  }

  /** The next read opens another. */
  #lose(client: Pg.Client) {
    if (this.#open !== client) return
    this.#open = undefined
    this.#opening = undefined
  }
}

const open = async ({ statementMillis, url }: ReadConnectionOptions) => {
  const client = new Pg.Client({
    connectionString: Redacted.value(url),
    pipeline: true,
    application_name: "gateway_reads",
    keepAlive: true,
    connectionTimeoutMillis: connectMillis,
    query_timeout: statementMillis,
  })
  // It fails whoever waits for it as well; unheard, the event would end the process.
  client.on("error", () => {})
  await client.connect()
  // Nobody reads before this has succeeded: the login may own the tables.
  await prepare(client, statementMillis).catch((error) => {
    void client.end()
    throw error
  })
  return client
}

const prepare = async (client: Pg.Client, statementMillis: number) => {
  await client.query(`
    SET ROLE gateway_app;
    SET default_transaction_read_only = on;
    SET statement_timeout = ${Math.floor(statementMillis * 0.8)}`)
  await client.query({ ...tenantStatement, values: [""] })
}
