import { Effect } from "effect"
import { SystemSql } from "../../../../layers/Postgres.ts"
import type { OrganizationId } from "../../../../src/domain/Organization.ts"
import type { SessionId } from "../../../../src/domain/Session.ts"

/** Some process takes the session, and every earlier fence is too old. */
export const held = Effect.fn(function* (org: OrganizationId, session: SessionId, fence: number) {
  const sql = yield* SystemSql
  yield* sql`INSERT INTO gateway_processes (process_id, gateway_id, alive_until)
    VALUES (${session}, 'test', clock_timestamp() + interval '1 hour') ON CONFLICT DO NOTHING`
  yield* sql`INSERT INTO session_leases (session_id, organization_id, process_id, fence)
    VALUES (${session}, ${org}, ${session}, ${fence})
    ON CONFLICT (session_id) DO UPDATE SET fence = excluded.fence`
})
