import { SqlClient } from "@effect/sql"
import { Effect } from "effect"
import { tenantTable } from "../tenantTable.ts"

/** What people wrote, sealed, in the order it arrived; beside it all that lists and looks up. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE messages (
      message_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      organization_id text NOT NULL,
      session_id text NOT NULL,
      -- Either a person, under whichever address, or a group, channel or broadcast.
      chat_contact_id bigint REFERENCES contacts,
      chat_jid text,
      sender_contact_id bigint REFERENCES contacts,
      from_me boolean NOT NULL,
      type text NOT NULL,
      -- Sealed: the text, and all of the message as the vendor has it.
      body bytea NOT NULL,
      raw bytea NOT NULL,
      -- Chosen by the sender: unique only together with who it is.
      wa_message_id text NOT NULL,
      timestamp bigint NOT NULL,
      created_at bigint NOT NULL,
      ack_level integer NOT NULL DEFAULT 0,
      error text,
      edited_at bigint,
      deleted_at bigint,
      quoted_id text,
      has_media boolean NOT NULL,
      -- Who reacted, when, and with what, which is sealed.
      reactions jsonb NOT NULL DEFAULT '[]',
      CHECK ((chat_contact_id IS NULL) <> (chat_jid IS NULL)),
      UNIQUE NULLS NOT DISTINCT
        (session_id, wa_message_id, chat_contact_id, chat_jid, sender_contact_id),
      FOREIGN KEY (organization_id, session_id)
        REFERENCES sessions (organization_id, session_id) ON DELETE CASCADE
    )`
  yield* sql`CREATE INDEX messages_dm ON messages (chat_contact_id, message_id)`
  yield* sql`CREATE INDEX messages_jid ON messages (session_id, chat_jid, message_id)`
  yield* sql`CREATE INDEX messages_sender ON messages (sender_contact_id)`
  yield* tenantTable("messages")
})
