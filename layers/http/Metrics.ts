import { HttpLayerRouter, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { Effect, Redacted } from "effect"
import { createHash, timingSafeEqual } from "node:crypto"
import type { Endpoint } from "../../src/Gateway.ts"
import { Settings } from "../../src/Settings.ts"
import { contentType, exposed, type Family } from "../metrics/Exposition.ts"
import { processMetrics } from "../metrics/ProcessMetrics.ts"
import { timeRequests } from "../metrics/RequestTimes.ts"
import { SessionMeters } from "../metrics/SessionMeters.ts"
import { SystemSql } from "../Postgres.ts"
import { standing } from "../sessions/SessionColumns.ts"
import { answer } from "./Answer.ts"
import { credentialIn } from "./Authorization.ts"
import { NodeServer } from "./NodeServer.ts"

export const metricsRoute = { method: "GET", path: "/metrics", name: "metrics" } as const

export const hasMetrics = ({ metricsToken }: Settings["Type"]) => metricsToken !== undefined

/**
 * Figures for Prometheus. They name every organization, so they are for the operator alone: without
 * a METRICS_TOKEN they do not exist, and with one they are told to whoever shows it.
 */
export const metrics = (endpoints: ReadonlyArray<Endpoint>) =>
  HttpLayerRouter.use((router) =>
    Effect.gen(function* () {
      const { metricsToken } = yield* Settings
      if (metricsToken === undefined) return
      const meters = yield* SessionMeters
      const times = yield* timeRequests(yield* NodeServer, [...endpoints, metricsRoute])
      const byStatus = yield* sessionsByStatus
      yield* router.add(
        "GET",
        metricsRoute.path,
        Effect.gen(function* () {
          const { headers } = yield* HttpServerRequest.HttpServerRequest
          const shown = credentialIn(headers)
          if (shown === undefined) return unauthorized("missing_credential")
          if (!isSame(shown, Redacted.value(metricsToken))) return unauthorized("invalid_token")
          const families = [yield* byStatus, ...meters.families(), ...processMetrics(), times()]
          return HttpServerResponse.text(exposed(families), { contentType })
        }),
      )
    }),
  )

const unauthorized = (reason: "missing_credential" | "invalid_token") =>
  answer("unauthorized", "no valid credential", { reason })

/** Takes as long for a near miss as for a wild guess. */
const isSame = (one: string, other: string) => {
  const [a, b] = [one, other].map((text) => createHash("sha256").update(text).digest())
  return timingSafeEqual(a!, b!)
}

/** Of all processes; nothing while the database is away. */
const sessionsByStatus = Effect.map(SystemSql, (sql) =>
  sql<{ status: string; count: number }>`
    SELECT ${sql.literal(standing)} AS status, count(*)::int AS count
    FROM sessions s LEFT JOIN session_leases l USING (session_id) GROUP BY 1 ORDER BY 1`.pipe(
    Effect.timeout("2 seconds"),
    Effect.orElseSucceed(() => []),
    Effect.map((rows): Family => ({
      name: "whatsapp_sessions",
      type: "gauge",
      help: "sessions by status, of all processes that share the database",
      samples: rows.map(({ count, status }) => ({ labels: { status }, value: count })),
    })),
  ),
)
