import { SqlClient } from "@effect/sql"
import { Effect } from "effect"
import { tenantTable } from "../tenantTable.ts"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE groups (
      group_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      organization_id text NOT NULL,
      session_id text NOT NULL,
      group_jid text NOT NULL,
      subject text NOT NULL,
      description text NOT NULL,
      owner_id bigint REFERENCES contacts,
      created_at_wa bigint,
      is_announce boolean NOT NULL,
      is_locked boolean NOT NULL,
      join_approval boolean NOT NULL,
      member_add_mode text NOT NULL,
      disappearing_seconds integer NOT NULL,
      participant_count integer NOT NULL,
      -- The call that made the group; null for groups that came about elsewhere.
      made_by text,
      first_seen_at bigint NOT NULL,
      -- All who are in it were seen then.
      seen_at bigint NOT NULL,
      updated_at bigint NOT NULL,
      left_at bigint,
      UNIQUE (session_id, group_jid),
      FOREIGN KEY (organization_id, session_id)
        REFERENCES sessions (organization_id, session_id) ON DELETE CASCADE
    )`
  yield* sql`CREATE INDEX groups_listed ON groups (session_id, group_id) WHERE left_at IS NULL`
  yield* sql`CREATE INDEX groups_owner ON groups (owner_id)`
  yield* tenantTable("groups")

  // By the hundred thousand, and all at once: no index that another one covers, and triggers in place
  // of references, each of which takes as long to check as all the rest of a row takes.
  yield* sql`
    CREATE TABLE group_members (
      member_id bigint GENERATED ALWAYS AS IDENTITY,
      organization_id text NOT NULL,
      session_id text NOT NULL,
      group_id bigint NOT NULL,
      contact_id bigint NOT NULL,
      role text NOT NULL,
      tag text NOT NULL DEFAULT '',
      first_seen_at bigint NOT NULL,
      -- Of those who have left; null while they are in.
      last_seen_at bigint,
      left_at bigint,
      PRIMARY KEY (group_id, member_id),
      UNIQUE (contact_id, group_id),
      CHECK ((last_seen_at IS NULL) = (left_at IS NULL))
    )`
  yield* tenantTable("group_members")
  yield* goWith("group_members", "groups", "group_id")
  yield* goWith("group_members", "contacts", "contact_id")

  yield* sql`
    CREATE TABLE group_join_requests (
      organization_id text NOT NULL,
      session_id text NOT NULL,
      group_id bigint NOT NULL REFERENCES groups ON DELETE CASCADE,
      contact_id bigint NOT NULL REFERENCES contacts,
      method text NOT NULL,
      requested_at bigint,
      PRIMARY KEY (group_id, contact_id),
      FOREIGN KEY (organization_id, session_id)
        REFERENCES sessions (organization_id, session_id) ON DELETE CASCADE
    )`
  yield* sql`CREATE INDEX group_join_requests_contact ON group_join_requests (contact_id)`
  yield* sql`CREATE INDEX group_join_requests_session ON group_join_requests (session_id)`
  yield* tenantTable("group_join_requests")

  // Of members whose group is not known yet: a tag is told once, and not with the group.
  yield* sql`
    CREATE TABLE group_early_tags (
      organization_id text NOT NULL,
      session_id text NOT NULL,
      group_jid text NOT NULL,
      contact_id bigint NOT NULL REFERENCES contacts,
      tag text NOT NULL,
      PRIMARY KEY (session_id, group_jid, contact_id),
      FOREIGN KEY (organization_id, session_id)
        REFERENCES sessions (organization_id, session_id) ON DELETE CASCADE
    )`
  yield* sql`CREATE INDEX group_early_tags_contact ON group_early_tags (contact_id)`
  yield* tenantTable("group_early_tags")

  // Sessions whose groups were once known completely: only after that is another group news.
  yield* sql`
    CREATE TABLE group_listings (
      session_id text PRIMARY KEY,
      organization_id text NOT NULL,
      listed_at bigint NOT NULL,
      FOREIGN KEY (organization_id, session_id)
        REFERENCES sessions (organization_id, session_id) ON DELETE CASCADE
    )`
  yield* tenantTable("group_listings")
})

/** The rows of `table` go with those of `owner` that they belong to. */
const goWith = Effect.fnUntraced(function* (table: string, owner: string, key: string) {
  const sql = yield* SqlClient.SqlClient
  const name = sql(`${table}_go_with_${owner}`)
  yield* sql`
    CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS ${sql.literal(`$$
    BEGIN
      DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM gone);
      RETURN NULL;
    END $$`)}`
  yield* sql`
    CREATE TRIGGER ${name} AFTER DELETE ON ${sql(owner)} REFERENCING OLD TABLE AS gone
      FOR EACH STATEMENT EXECUTE FUNCTION ${name}()`
})
