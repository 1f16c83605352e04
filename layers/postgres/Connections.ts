/** A pool of connections that all act under one role, and never keep anybody waiting longer than a deadline. */
import type { SqlError } from "@effect/sql"
import { Effect, Redacted, type Scope } from "effect"
import type { Duplex } from "node:stream"
import * as Pg from "pg"
import { cancelByProtocol } from "./Cancellation.ts"

export interface ConnectionsOptions {
  readonly url: Redacted.Redacted
  readonly max: number
  /** Without a role, connections act as the user of the address. */
  readonly role?: "gateway_app" | "gateway_system"
  /** How long a statement may take. Its connection is given up then: what it would still answer belongs to nobody. */
  readonly statementMillis?: number
}

export const connectMillis = 5_000

export const openConnections = (
  options: ConnectionsOptions,
): Effect.Effect<Pg.Pool, SqlError.SqlError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => makePool(options)),
    (pool) =>
      Effect.promise(() => pool.end()).pipe(Effect.interruptible, Effect.timeoutOption("1 second")),
  )

const makePool = ({ url, max, role, statementMillis }: ConnectionsOptions) => {
  const pool = new Pg.Pool({
    connectionString: Redacted.value(url),
    max,
    connectionTimeoutMillis: connectMillis,
    idleTimeoutMillis: 30_000,
    application_name: role ?? "gateway_owner",
    keepAlive: true,
    types: { getTypeParser },
    Client: statementMillis === undefined ? Pg.Client : impatient(statementMillis),
    ...(role === undefined ? {} : { onConnect: actAs(role, statementMillis) }),
  })
  // An idle connection that breaks is replaced on the next use; unheard, the event would end the process.
  pool.on("error", () => {})
  return cancelByProtocol(pool)
}

/** A process that was stopped in the middle of a transaction must not hold its locks for ever. */
const idleMillis = 5_000

/** The server gives up first, so that its connection survives an honest slow statement. */
const actAs =
  (role: string, statementMillis = 0) =>
  (client: Pg.ClientBase) =>
    client.query(`
      SET ROLE ${role};
      SET statement_timeout = ${Math.floor(statementMillis * 0.8)};
      SET idle_in_transaction_session_timeout = ${idleMillis}`)

/** bigint columns hold milliseconds and counters, all of them safe integers. */
const getTypeParser = ((oid: number, format?: "text" | "binary") =>
  oid === Pg.types.builtins.INT8
    ? Number
    : Pg.types.getTypeParser(oid, format as "text")) as typeof Pg.types.getTypeParser

type Callback = (error: Error | null, result?: unknown) => void

const impatient = (statementMillis: number) =>
  class extends Pg.Client {
    override query(...args: Array<unknown>) {
      const done = args.at(-1)
      if (typeof done !== "function") return super.query(...(args as [string]))
      const stream = (this as unknown as { connection: { stream: Duplex } }).connection.stream
      const timer = setTimeout(
        () => stream.destroy(new Error("statement deadline exceeded")),
        statementMillis,
      )
      const answered: Callback = (error, result) => {
        clearTimeout(timer)
        done(error, result)
      }
      return super.query(...([...args.slice(0, -1), answered] as unknown as [string]))
    }
  }
