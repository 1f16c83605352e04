import type * as Pg from "pg"
import type { Emulator } from "../../emulator/Emulator.ts"
import type { Companion, Link } from "../../emulator/people/Companion.ts"

const written = ["session_keys", "session_credentials", "inbox"]

/** From here on the database notes who writes for a session, and who holds it at that moment. */
export const auditWrites = async (client: Pg.Client) => {
  await client.query(`
    CREATE TABLE writes (at timestamptz, what text, session_id text, who text, holder text);
    GRANT INSERT ON writes TO PUBLIC;
    CREATE FUNCTION note_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    DECLARE
      written text := CASE TG_OP WHEN 'DELETE' THEN OLD.session_id ELSE NEW.session_id END;
    BEGIN
      INSERT INTO writes SELECT clock_timestamp(), TG_TABLE_NAME, written,
        current_setting('gateway.name', true),
        (SELECT p.gateway_id FROM session_leases l JOIN gateway_processes p USING (process_id)
         WHERE l.session_id = written);
      RETURN NULL;
    END $$;
    ${written
      .map(
        // Not what goes with its session: that is deleted by a trigger, and by nobody's socket.
        (table) => `CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON ${table}
          FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION note_write();`,
      )
      .join("\n")}
    CREATE TRIGGER note AFTER UPDATE OF status ON sessions
      FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION note_write();`)
}

/** Writes by a process that did not hold the session. */
export const staleWrites = async (client: Pg.Client) => {
  const { rows } = await client.query<{ what: string; who: string; holder: string }>(
    "SELECT what, who, holder FROM writes WHERE who IS DISTINCT FROM holder",
  )
  return rows
}

export const allWrites = async (client: Pg.Client) => {
  const { rows } = await client.query<{ count: number }>("SELECT count(*)::int FROM writes")
  return rows[0]!.count
}

/** Calls back whenever a device logs in while its last connection is still there. */
export const watchDoubles = (whatsapp: Emulator, onDouble: (companion: Companion) => void) => {
  for (const person of whatsapp.server.people.all())
    for (const companion of person.companions.values()) {
      let link: Link | undefined = companion.link
      Object.defineProperty(companion, "link", {
        get: () => link,
        set: (next: Link | undefined) => {
          if (link !== undefined && next !== undefined && next !== link) onDouble(companion)
          link = next
        },
      })
    }
}
