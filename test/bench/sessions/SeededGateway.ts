import { setTimeout } from "node:timers/promises"
import { join } from "node:path"
import * as Pg from "pg"
import { readPostmaster } from "../../../layers/postgres/Postmaster.ts"
import { GatewayProcess } from "../../support/GatewayProcess.ts"
import type { Beat } from "./Beat.ts"

export interface SeededOptions {
  readonly dataDir: string
  readonly whatsapp: string
  readonly beat?: Beat
  readonly env?: Readonly<Record<string, string>>
}

/** A gateway as operators run it, with a look into its private database. */
export class SeededGateway {
  readonly process: GatewayProcess
  readonly #dataDir: string

  private constructor(process: GatewayProcess, dataDir: string) {
    this.process = process
    this.#dataDir = dataDir
  }

  static async start({ beat, dataDir, env, whatsapp }: SeededOptions) {
    const process = await GatewayProcess.start({
      env: {
        DATA_DIR: dataDir,
        PORT: "0",
        WHATSAPP_URL: whatsapp,
        WHATSAPP_ALLOW_INSECURE: "loopback",
        ...env,
        ...beat?.env,
      },
    })
    return new SeededGateway(process, dataDir)
  }

  get pid(): number {
    return this.process.pid
  }

  /** Wants so many of the oldest sessions to run, and waits until they do. */
  async run(count: number): Promise<void> {
    const since = Date.now()
    await this.query(
      `UPDATE sessions SET desired = 'running'
       WHERE desired = 'stopped' AND session_id IN (
         SELECT session_id FROM sessions ORDER BY created_at LIMIT $1)`,
      [count],
    )
    await this.working(count)
    console.error(`  ${count} sessions work after ${Math.round((Date.now() - since) / 1000)} s`)
  }

  /** Resolves once so many sessions work that have connected since then. */
  async working(count: number, since = 0): Promise<void> {
    const client = await this.#connect()
    const deadline = Date.now() + 180_000
    for (;;) {
      const { rows } = await client.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM sessions
         WHERE status = 'working' AND last_connected_at >= $1`,
        [since],
      )
      if (rows[0]!.count >= count) break
      if (Date.now() > deadline) throw new Error(`only ${rows[0]!.count} of ${count} sessions work`)
      await setTimeout(50)
    }
    await client.end()
  }

  async query(text: string, values: Array<unknown>): Promise<void> {
    const client = await this.#connect()
    await client.query(text, values)
    await client.end()
  }

  async #connect(): Promise<Pg.Client> {
    const host = readPostmaster(join(this.#dataDir, "server"))!.socketFolder
    const client = new Pg.Client({ host, user: "gateway", database: "postgres" })
    await client.connect()
    return client
  }

  end(signal?: NodeJS.Signals) {
    return this.process.end(signal)
  }
}
