import { SqlClient } from "@effect/sql"
import { Effect } from "effect"
import { tenantTable } from "../tenantTable.ts"

/** What is wanted of a session, what became of it, and which process holds it. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    ALTER TABLE sessions
      DROP CONSTRAINT sessions_desired_check,
      ADD CONSTRAINT sessions_desired_check
        CHECK (desired IN ('running', 'stopped', 'logged_out')),
      -- Counts the restarts that were asked for.
      ADD COLUMN revision bigint NOT NULL DEFAULT 0,
      ADD COLUMN status_since bigint NOT NULL DEFAULT 0,
      ADD COLUMN last_traffic_at bigint,
      ADD COLUMN queue_depth integer NOT NULL DEFAULT 0,
      ADD COLUMN last_error jsonb,
      ADD COLUMN reconnects integer NOT NULL DEFAULT 0,
      ADD COLUMN next_attempt_at bigint,
      -- Whether a new process may try what has failed: its settings may be others.
      ADD COLUMN retry_at_start boolean NOT NULL DEFAULT true,
      ADD COLUMN wa_name text,
      ADD COLUMN qr jsonb,
      ADD COLUMN pairing jsonb`
  yield* sql`UPDATE sessions SET status_since = updated_at`

  // The processes that are alive. Who finds one overdue removes it, and what it held is free.
  yield* sql`
    CREATE TABLE gateway_processes (
      process_id text PRIMARY KEY,
      gateway_id text NOT NULL,
      alive_until timestamptz NOT NULL
    )`
  yield* sql`GRANT SELECT, INSERT, UPDATE, DELETE ON gateway_processes TO gateway_system`

  // The fence grows with every holder; whoever comes with an older one writes nothing any more.
  yield* sql`
    CREATE TABLE session_leases (
      session_id text PRIMARY KEY,
      organization_id text NOT NULL,
      process_id text REFERENCES gateway_processes ON DELETE SET NULL,
      fence bigint NOT NULL,
      FOREIGN KEY (organization_id, session_id)
        REFERENCES sessions (organization_id, session_id) ON DELETE CASCADE
    )`
  yield* sql`CREATE INDEX session_leases_process ON session_leases (process_id)`
  yield* tenantTable("session_leases")

  // Locks the lease until the statement's transaction ends: no other process can take the session
  // between the look at it and the write.
  yield* sql`
    CREATE FUNCTION require_lease(session text, held bigint) RETURNS boolean
    LANGUAGE plpgsql AS $$
    BEGIN
      IF held IS NULL THEN RETURN true; END IF;
      PERFORM FROM session_leases
      WHERE session_id = session AND fence = held AND process_id IS NOT NULL FOR SHARE;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'the lease of session % is lost', session USING ERRCODE = 'GL001';
      END IF;
      RETURN true;
    END $$`
})
