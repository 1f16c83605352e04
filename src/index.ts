/** What plugins from elsewhere are written with: `import { definePlugin } from "whatsapp-gateway"`. */
export type { Capability, Requirement } from "./domain/Capability.ts"
export type { Event, EventName } from "./domain/Event.ts"
export { Failure } from "./domain/Failure.ts"
export { GroupJid, Lid, PersonAddress, PersonJid, PhoneJid } from "./domain/Jid.ts"
export { OrganizationId } from "./domain/Organization.ts"
export { Principal } from "./domain/Principal.ts"
export { Session, SessionId, SessionNotFound } from "./domain/Session.ts"
export type { Sighting } from "./domain/Sighting.ts"
export { EpochMillis } from "./domain/Time.ts"
export { basePath, SessionPath, strict } from "./http/BaseApi.ts"
export { asCaller } from "./http/Caller.ts"
export { failures } from "./http/Envelope.ts"
export { List, onePage, pageAlways, pageAsked, type PageAsked, pageFields } from "./http/Page.ts"
export { needs } from "./http/Requirement.ts"
export { array, inSession, object, onlyPage, page } from "./http/StoredJson.ts"
export { type IsStored, storedRead, storedReads } from "./http/StoredRead.ts"
export {
  type ContactMerge,
  definePlugin,
  type Migrations,
  type Plugin,
  pluginApi,
  type SightingStore,
  type StorageServices,
  type Subscription,
} from "./Plugin.ts"
export { ContactBook, type ContactId } from "./ports/ContactBook.ts"
export { Events, type LoggedEvent } from "./ports/Events.ts"
export { SessionDirectory } from "./ports/SessionDirectory.ts"
export { Tenancy } from "./ports/Tenancy.ts"
