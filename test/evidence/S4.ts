import { SqlClient } from "@effect/sql"
import { Effect, Layer, Logger, Redacted } from "effect"
import { join } from "node:path"
import * as Pg from "pg"
import * as EmbeddedPostgres from "../../layers/EmbeddedPostgres.ts"
import { gatewayOn } from "../support/Gateway.ts"
import { baseUrl } from "../support/Http.ts"
import { ask } from "./bleed/Asking.ts"
import { markedTenant, marksIn } from "./bleed/Tenants.ts"
import { makeTrouble } from "./bleed/Trouble.ts"
import { withFolder } from "./PrivateServer.ts"
import { Random } from "./Random.ts"
import type { Outcome, Row, Trial } from "./Row.ts"
import { Tally } from "./Tally.ts"

const connections = 3
const inParallel = 64

/** The control: the organization stays on the connection when the transaction is over. */
const perSession = `
  CREATE FUNCTION public.set_config(text, text, boolean) RETURNS text LANGUAGE sql
    AS 'SELECT pg_catalog.set_config($1, $2, false)';
  ALTER DATABASE postgres SET search_path = public, pg_catalog`

/** A line that belongs to one organization's request and names another. */
const watchful = (tally: Tally, seen: { count: number }) =>
  Logger.replace(
    Logger.defaultLogger,
    Logger.map(Logger.logfmtLogger, (line) => {
      const [, whose] = /requestId=(mark-\d+-end)/.exec(line) ?? []
      const marks = marksIn(line)
      if (whose !== undefined) seen.count += 1
      tally.tried("log", whose !== undefined && marks.size > 1 ? [line.slice(0, 300)] : [])
    }),
  )

/** Asks every connection of the pool at once whom it works for, while it works for nobody. */
const leftOver = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const look = sql<{ organization: string | null }>`
    SELECT current_setting('app.organization', true) AS organization, pg_sleep(0.02)`
  const seen = yield* Effect.replicateEffect(
    Effect.orElseSucceed(look, () => []),
    connections,
    { concurrency: "unbounded" },
  )
  return seen.flat().map(({ organization }) => organization ?? "")
})

const storm = (owner: Pg.Client, tally: Tally, count: number, seed: number) =>
  Effect.gen(function* () {
    const tenants = yield* Effect.forEach(Array.from({ length: 50 }).keys(), (nth) =>
      markedTenant(owner, nth),
    )
    const asking = {
      url: yield* baseUrl,
      tenants,
      random: new Random(seed),
      tally,
      endings: {} as Record<string, number>,
    }
    const requests = { left: count }
    const caller = async () => {
      while (requests.left > 0) {
        requests.left -= 1
        await ask(asking)
      }
    }
    const probe = Effect.gen(function* () {
      while (requests.left > 0) {
        for (const organization of yield* leftOver)
          tally.tried("pool", organization === "" ? [] : ["a connection still has an organization"])
        yield* Effect.sleep("250 millis")
      }
    })
    const trouble = Effect.promise(() =>
      makeTrouble({ owner, random: new Random(seed + 1), isOver: () => requests.left <= 0 }),
    )
    const callers = Effect.promise(() => Promise.all(Array.from({ length: inParallel }, caller)))
    const [made] = yield* Effect.all([trouble, callers, probe], { concurrency: "unbounded" })
    return { ...made, ...asking.endings }
  })

const trial =
  (spoiled: string, requests: Record<Trial["form"], number>) =>
  ({ form, seed }: Trial): Promise<Outcome> =>
    withFolder((folder) => {
      const tally = new Tally()
      const seen = { count: 0 }
      return Effect.gen(function* () {
        const { url } = yield* EmbeddedPostgres.start(join(folder, "database"))
        const owner = yield* connected(Redacted.value(url))
        yield* Effect.promise(() => owner.query(spoiled))
        const env = { DATA_DIR: folder, DATABASE_POOL: String(connections), LOG_LEVEL: "debug" }
        const gateway = gatewayOn(Effect.succeed(url), env).pipe(
          Layer.provide(watchful(tally, seen)),
        )
        const figures = yield* Effect.provide(storm(owner, tally, requests[form], seed), gateway)
        tally.tried("log lines", seen.count > 0 ? [] : ["none were seen"])
        return tally.outcome({ ...figures, logLines: seen.count })
      }).pipe(Effect.scoped, Effect.runPromise)
    })

const connected = (url: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const client = new Pg.Client(url)
      await client.connect()
      return client
    }),
    (client) => Effect.promise(() => client.end()),
  )

export const S4: Row = {
  promise: "under load and trouble nobody is shown, or told of, another organization",
  run: trial("SELECT 1", { short: 1_000, full: 200_000 }),
  control: trial(perSession, { short: 300, full: 3_000 }),
}
