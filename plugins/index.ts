import { AdminPlugin } from "./admin/Plugin.ts"
import { ApiKeysPlugin } from "./api-keys/Plugin.ts"
import { ContactsPlugin } from "./contacts/Plugin.ts"
import { GroupsPlugin } from "./groups/Plugin.ts"
import { MessagesPlugin } from "./messages/Plugin.ts"
import { SessionsPlugin } from "./sessions/Plugin.ts"

/** Every feature the gateway offers. Adding one is one folder and one line here. */
export const plugins = [
  SessionsPlugin,
  GroupsPlugin,
  ContactsPlugin,
  MessagesPlugin,
  ApiKeysPlugin,
  AdminPlugin,
] as const
