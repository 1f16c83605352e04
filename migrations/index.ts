import organizations from "./core/0001_organizations.ts"
import sessions from "./core/0002_sessions.ts"
import contacts from "./core/0003_contacts.ts"
import keys from "./core/0004_keys.ts"
import events from "./core/0005_events.ts"
import idempotency from "./core/0006_idempotency.ts"
import sessionsRuntime from "./core/0007_sessions_runtime.ts"
import inbox from "./core/0008_inbox.ts"
import backfills from "./core/0009_backfills.ts"
import directChats from "./contacts/0001_direct_chats.ts"
import groups from "./groups/0001_groups.ts"
import messages from "./messages/0001_messages.ts"

/** What each owner has released, in the order it runs. A released file is never edited. */
export const migrations = [
  {
    owner: "core",
    migrations: {
      "0001_organizations": organizations,
      "0002_sessions": sessions,
      "0003_contacts": contacts,
      "0004_keys": keys,
      "0005_events": events,
      "0006_idempotency": idempotency,
      "0007_sessions_runtime": sessionsRuntime,
      "0008_inbox": inbox,
      "0009_backfills": backfills,
    },
  },
  { owner: "groups", migrations: { "0001_groups": groups } },
  { owner: "contacts", migrations: { "0001_direct_chats": directChats } },
  { owner: "messages", migrations: { "0001_messages": messages } },
] as const
