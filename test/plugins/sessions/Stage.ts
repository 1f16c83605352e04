/** What tests of sessions over HTTP have in common. */
import { Effect } from "effect"
import { SystemSql } from "../../../layers/Postgres.ts"
import { eventually, type Tenant } from "../../support/Gateway.ts"
import { api, type Request } from "../../support/Http.ts"

export const notFound = {
  error: { code: "not_found", message: "session not found", details: {} },
}

export const unknown = "/sessions/01J9ZX8K2QHV0M3T6R7P4N5W8C"

export const create = (as: string, json: unknown = {}) =>
  api("/sessions", { as, method: "POST", json })

/** The id of a session that never ran. */
export const stopped = ({ key }: Tenant) =>
  Effect.map(create(key, { start: false }), ({ body }) => body.id as string)

/** `POST …:start` and the like. */
export const command = ({ key }: Tenant, session: string, verb: string) =>
  api(`/sessions/${session}:${verb}`, { as: key, method: "POST" })

export const look = ({ key }: Tenant, session: string) =>
  Effect.map(api(`/sessions/${session}`, { as: key }), ({ body }) => body)

export const stands = (tenant: Tenant, session: string, ...statuses: ReadonlyArray<string>) =>
  eventually(look(tenant, session), ({ status }) => statuses.includes(status))

/** Status and `details.reason` of an answer. */
export const verdict = (path: string, request: Request) =>
  Effect.map(api(path, request), ({ body, status }) => [status, body?.error?.details.reason])

/** What the log tells about the session, oldest first. */
export const events = (session: string, name: string) =>
  Effect.flatMap(
    SystemSql,
    // Payloads of every shape.
    // oxlint-disable-next-line typescript/no-explicit-any
    (sql) => sql<{ payload: any }>`
      SELECT payload FROM events WHERE session_id = ${session} AND event = ${name}
      ORDER BY position`,
  ).pipe(Effect.map((rows) => rows.map(({ payload }) => payload)))
