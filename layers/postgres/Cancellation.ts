import * as Pg from "pg"

/**
 * Interrupted statements are cancelled by the protocol's own request. The SQL client asks for it by
 * `pg_cancel_backend`, which our roles may not call, over a connection that the pool may not have.
 */
export const cancelByProtocol = (pool: Pg.Pool): Pg.Pool => {
  const clients = new Map<number, CancellableClient>()
  pool.on("connect", (client) => clients.set(processOf(client), client as never))
  pool.on("remove", (client) => clients.delete(processOf(client)))
  const ask = pool.query.bind(pool) as (...args: ReadonlyArray<unknown>) => unknown
  const query = (...args: ReadonlyArray<unknown>) => {
    const [, process] = /^SELECT pg_cancel_backend\((\d+)\)$/.exec(String(args[0])) ?? []
    const done = args.at(-1)
    if (process === undefined || typeof done !== "function") return ask(...args)
    const target = clients.get(Number(process))
    if (target === undefined) return done()
    return cancel(pool, target, () => done())
  }
  return Object.assign(pool, { query })
}

/** What Pg.Client offers beyond its published types. */
interface CancellableClient {
  readonly host: string
  readonly port: number
  readonly processID: number
  readonly secretKey: number
  readonly connection: NodeJS.EventEmitter & {
    readonly connect: (address: number | string, host?: string) => void
    readonly cancel: (process: number, secret: number) => void
  }
}

const processOf = (client: Pg.ClientBase) => (client as unknown as CancellableClient).processID

const cancel = (pool: Pg.Pool, target: CancellableClient, done: () => void) => {
  const { connection } = new Pg.Client(pool.options) as unknown as CancellableClient
  connection.once("error", done)
  connection.once("end", done)
  connection.once("connect", () => connection.cancel(target.processID, target.secretKey))
  if (target.host.startsWith("/")) connection.connect(`${target.host}/.s.PGSQL.${target.port}`)
  else connection.connect(target.port, target.host)
}
