import type { HttpApi, HttpApiGroup } from "@effect/platform"
import type { HttpApiDecodeError } from "@effect/platform/HttpApiError"
import type { SqlClient, SqlError } from "@effect/sql"
import { type Context, Effect, type Layer } from "effect"
import type { EventName } from "./domain/Event.ts"
import type { OrganizationId } from "./domain/Organization.ts"
import type { SessionId } from "./domain/Session.ts"
import type { Sighting } from "./domain/Sighting.ts"
import type { Authorization, CapabilityMissing, Unauthorized } from "./http/Authorization.ts"
import { baseApi } from "./http/BaseApi.ts"
import type { ContactBook, ContactId } from "./ports/ContactBook.ts"
import type { Events, LoggedEvent } from "./ports/Events.ts"
import type { Safes } from "./ports/Safes.ts"
import type { SessionDirectory } from "./ports/SessionDirectory.ts"
import type { StoredReads } from "./ports/StoredReads.ts"
import type { Tenancy } from "./ports/Tenancy.ts"

/** Where a plugin keeps and finds things. */
export type StorageServices = SqlClient.SqlClient | Tenancy | ContactBook | Events | Safes

/** What every plugin may ask for; a need beyond it must be declared as a port. */
export type HostServices = StorageServices | StoredReads | SessionDirectory

/** Two contacts turned out to be one person: rows of `from` now belong to `into`. */
export interface ContactMerge {
  readonly from: ContactId
  readonly into: ContactId
}

/** What a plugin keeps of the world. Runs inside the transaction that stores all of the batch. */
export interface SightingStore {
  /** Everybody in the sightings is in the contact book already. */
  readonly store: (
    organization: OrganizationId,
    session: SessionId,
    sightings: ReadonlyArray<Sighting>,
  ) => Effect.Effect<void>
  /** Hands rows over; every contact `from` is removed right after. No contact is named twice. */
  readonly merge: (
    organization: OrganizationId,
    session: SessionId,
    merges: ReadonlyArray<ContactMerge>,
  ) => Effect.Effect<void>
}

/** What a plugin does about things that have happened. */
export interface Subscription {
  /** Unique in the plugin. What was handled is remembered under it: a new name begins anew. */
  readonly name: string
  readonly events: ReadonlyArray<EventName>
  /**
   * Called for every such event of every organization, each organization's in order. Runs in one
   * transaction of that organization together with the note that the event was handled, so that its
   * writes happen exactly once. A defect undoes them, and the same event comes again, ever later.
   */
  readonly handle: (event: LoggedEvent) => Effect.Effect<void, never, StorageServices>
}

const keepsNothing: SightingStore = { store: () => Effect.void, merge: () => Effect.void }

// Tags are invariant, so only `any` stands for every one of them.
// oxlint-disable-next-line typescript/no-explicit-any
type Port = Context.Tag<any, any>
type PortsOf<Ports extends ReadonlyArray<Port>> = Context.Tag.Identifier<Ports[number]>
type AnyGroup = HttpApiGroup.HttpApiGroup.Any
type Handlers<Groups extends AnyGroup, Needs> = Layer.Layer<
  HttpApiGroup.HttpApiGroup.ToService<"gateway", Groups>,
  never,
  HostServices | Authorization | Needs
>

/** Changes of the plugin's own tables, keyed `0001_name`, each run once and never edited. */
export type Migrations = Readonly<
  Record<string, Effect.Effect<void, SqlError.SqlError, SqlClient.SqlClient>>
>

export interface Plugin<
  out Name extends string = string,
  in out Groups extends AnyGroup = AnyGroup,
  out Needs = unknown,
> {
  readonly _tag: "GatewayPlugin"
  readonly apiVersion: 1
  readonly name: Name
  readonly ports: ReadonlyArray<Port>
  readonly groups: ReadonlyArray<Groups>
  readonly handlers: Handlers<Groups, Needs>
  readonly stores: Effect.Effect<SightingStore, never, StorageServices>
  readonly migrations: Migrations
  readonly subscriptions: ReadonlyArray<Subscription>
}

/** Some plugin. Groups are invariant, so only `any` stands for all of them. */
// oxlint-disable-next-line typescript/no-explicit-any
export interface AnyPlugin extends Omit<Plugin<string, any>, "handlers"> {
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly handlers: Layer.Layer<never, never, any>
}

export interface PluginDefinition<
  Name extends string,
  Groups extends ReadonlyArray<AnyGroup>,
  Ports extends ReadonlyArray<Port>,
> {
  readonly name: Name
  /** What it asks of the world outside; an adapter in `layers/` answers. */
  readonly ports?: Ports
  readonly groups: Groups
  readonly handlers: NoInfer<Handlers<Groups[number], PortsOf<Ports>>>
  readonly stores?: Effect.Effect<SightingStore, never, StorageServices>
  readonly migrations?: Migrations
  readonly subscriptions?: ReadonlyArray<Subscription>
}

/**
 * Ties a plugin together. Refuses at compile time a handler that is missing, handlers of somebody
 * else's group, and a need that is neither offered by the host nor declared as a port.
 */
export const definePlugin = <
  const Name extends string,
  const Groups extends ReadonlyArray<AnyGroup>,
  const Ports extends ReadonlyArray<Port> = readonly [],
>(
  definition: PluginDefinition<Name, Groups, Ports>,
): Plugin<Name, Groups[number], PortsOf<Ports>> => ({
  _tag: "GatewayPlugin",
  apiVersion: 1,
  ports: [],
  stores: Effect.succeed(keepsNothing),
  migrations: {},
  subscriptions: [],
  ...definition,
})

/** The api that a plugin writes its handlers against: the common base and its own groups. */
export const pluginApi = <const Groups extends ReadonlyArray<AnyGroup>>(
  ...groups: Groups
): PluginApi<Groups[number]> =>
  groups.reduce<HttpApi.HttpApi.AnyWithProps>(
    (api, group) => api.add(group as HttpApiGroup.HttpApiGroup.AnyWithProps),
    baseApi as never,
  ) as never

export type PluginApi<Groups extends AnyGroup> = HttpApi.HttpApi<
  "gateway",
  Groups,
  HttpApiDecodeError | Unauthorized | CapabilityMissing,
  Authorization
>
