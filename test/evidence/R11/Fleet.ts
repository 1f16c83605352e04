import { Effect } from "effect"
import { SystemSql } from "../../../layers/Postgres.ts"
import type { Person } from "../../emulator/people/Person.ts"
import { eventually, linked, type Tenant, tenant, WhatsApp } from "../../support/Gateway.ts"
import { api } from "../../support/Http.ts"

export interface Linked {
  readonly id: string
  readonly person: Person
}

/** Sessions of one organization: linked ones, and ones that wait for somebody to scan. */
export const fleet = Effect.fn(function* (count: number, waiting: number) {
  const owner = yield* tenant()
  const whatsapp = yield* WhatsApp
  const sessions: Array<Linked> = []
  for (let nth = 0; nth < count; nth += 1) {
    const person = whatsapp.addPerson()
    whatsapp.addGroup({ subject: `Group ${nth}`, owner: person })
    sessions.push({ id: yield* linked(owner, person), person })
  }
  for (let nth = 0; nth < waiting; nth += 1)
    yield* api("/sessions", { as: owner.key, method: "POST", json: {} })
  return { owner, sessions } as const
})

export interface Seen {
  readonly status: string
  readonly reason: string | undefined
  readonly code: number | undefined
}

export const see = ({ key }: Tenant, { id }: Linked) =>
  Effect.map(api(`/sessions/${id}`, { as: key }), ({ body }): Seen => ({
    status: body.status,
    reason: body.runtime.lastError?.reason,
    code: body.runtime.lastError?.code,
  }))

/** Where it stands in the end; undefined when it never came there in time. */
export const arrival = (owner: Tenant, one: Linked, isThere: (seen: Seen) => boolean) =>
  eventually(see(owner, one), isThere).pipe(Effect.catchAllDefect(() => Effect.succeed(undefined)))

/** How many of the sessions could still log in, by what the database holds. */
export const credentials = (sessions: ReadonlyArray<Linked>) =>
  Effect.flatMap(
    SystemSql,
    (sql) => sql<{ count: number }>`
      SELECT count(*)::int AS count FROM session_credentials
      WHERE session_id IN ${sql.in(sessions.map(({ id }) => id))}`,
  ).pipe(Effect.map(([row]) => row!.count))

/** When connections arrive at WhatsApp, in milliseconds. */
export const watchArrivals = Effect.map(WhatsApp, ({ server: { connections } }) => {
  const times: Array<number> = []
  const add = connections.add.bind(connections)
  connections.add = (connection) => {
    times.push(performance.now())
    return add(connection)
  }
  return times
})

/** The most in any second. */
export const peakOf = (times: ReadonlyArray<number>) =>
  Math.max(
    0,
    ...times.map((start) => times.filter((time) => time >= start && time < start + 1000).length),
  )
