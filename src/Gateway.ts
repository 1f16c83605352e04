import { HttpApi, type HttpApiEndpoint, type HttpApiGroup } from "@effect/platform"
import { Context, Layer } from "effect"
import type { Requirement } from "./domain/Capability.ts"
import type { Authorization } from "./http/Authorization.ts"
import { baseApi } from "./http/BaseApi.ts"
import { Required } from "./http/Requirement.ts"
import { lenientPart } from "./http/Strictness.ts"
import type { AnyPlugin, HostServices, Plugin, PluginApi } from "./Plugin.ts"

type GroupsOf<P> = P extends Plugin<string, infer Groups> ? Groups : never

/** Why plugins cannot be put together; the gateway does not start. */
export class PluginsClash extends Error {
  override readonly name = "PluginsClash"
}

/** What the gateway knows about one of its endpoints. */
export interface Endpoint {
  readonly plugin: string
  readonly group: string
  readonly name: string
  readonly method: string
  readonly path: string
  readonly requirement: Requirement
}

/**
 * All plugins as one api, so that the document, the typed client and what is mounted can not differ.
 * Throws `PluginsClash` when two plugins have one name or claim one group, or two endpoints one method
 * and path, or when an endpoint does not say which capability it needs or does not read strictly.
 */
export const compose = <const Plugins extends ReadonlyArray<AnyPlugin>>(
  plugins: Plugins,
): Composed<GroupsOf<Plugins[number]>> => {
  const owners = ownersOf(plugins)
  let api = baseApi as unknown as HttpApi.HttpApi.AnyWithProps
  for (const plugin of plugins) {
    for (const group of plugin.groups) api = api.add(group)
  }
  return { api: api as never, endpoints: checked(endpointsOf(api, owners)) }
}

// oxlint-disable-next-line typescript/no-explicit-any
type NeedsOf<P> = P extends Plugin<string, any, infer Needs> ? Needs : never

/** The handlers of all plugins, and what they need of the host and of the world outside. */
export const handlersOf = <const Plugins extends ReadonlyArray<AnyPlugin>>(plugins: Plugins) =>
  plugins.reduce<Layer.Layer<never>>(
    (all, { handlers }) => Layer.merge(all, handlers as never),
    Layer.empty,
  ) as unknown as Layer.Layer<
    HttpApiGroup.HttpApiGroup.ToService<"gateway", GroupsOf<Plugins[number]>>,
    never,
    HostServices | Authorization | NeedsOf<Plugins[number]>
  >

export interface Composed<Groups extends HttpApiGroup.HttpApiGroup.Any> {
  readonly api: PluginApi<Groups>
  readonly endpoints: ReadonlyArray<Endpoint>
}

/** Tables and positions are kept under these names. */
const refuseTwins = (kind: string, names: ReadonlyArray<string>) => {
  const twin = names.find((name, index) => names.indexOf(name) !== index)
  if (twin !== undefined)
    throw new PluginsClash(`two ${kind} are called "${twin}": rename one of them`)
}

const ownersOf = (plugins: ReadonlyArray<AnyPlugin>) => {
  refuseTwins("plugins", ["core", ...plugins.map(({ name }) => name)])
  const owners = new Map<string, string>()
  for (const plugin of plugins) {
    refuseTwins(
      `subscriptions of the plugin "${plugin.name}"`,
      plugin.subscriptions.map(({ name }) => name),
    )
    for (const { identifier } of plugin.groups as ReadonlyArray<{ identifier: string }>) {
      const owner = owners.get(identifier)
      // HttpApi.add would silently replace the first group.
      if (owner !== undefined) {
        throw new PluginsClash(
          `plugins "${owner}" and "${plugin.name}" both claim the group "${identifier}": rename one of them`,
        )
      }
      owners.set(identifier, plugin.name)
    }
  }
  return owners
}

type Unchecked = Omit<Endpoint, "requirement"> & {
  readonly requirement: Requirement | undefined
  readonly lenient: ReturnType<typeof lenientPart>
}

const endpointsOf = (api: HttpApi.HttpApi.AnyWithProps, owners: ReadonlyMap<string, string>) => {
  const found: Array<Unchecked> = []
  HttpApi.reflect(api as never, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, group, mergedAnnotations }) => {
      const declared = endpoint as unknown as HttpApiEndpoint.HttpApiEndpoint.AnyWithProps
      const { method, name, path } = declared
      found.push({
        plugin: owners.get(group.identifier) ?? "core",
        group: group.identifier,
        name,
        method,
        path,
        requirement: Context.get(mergedAnnotations as Context.Context<Required>, Required),
        lenient: lenientPart(declared),
      })
    },
  })
  return found
}

/** What a parameter is called tells no two paths apart. */
const parameter = /\/:\w+/g

const checked = (endpoints: ReadonlyArray<Unchecked>): ReadonlyArray<Endpoint> => {
  const routes = new Map<string, Omit<Unchecked, "lenient">>()
  return endpoints.map(({ lenient, ...endpoint }) => {
    const { method, name, path, plugin, requirement } = endpoint
    const route = `${method} ${path}`
    const matched = `${method} ${path.replace(parameter, "/:")}`
    const other = routes.get(matched)
    if (other !== undefined) {
      const alias = other.path === path ? "" : ` (${other.path} is the same path to a router)`
      throw new PluginsClash(
        `"${other.plugin}.${other.name}" and "${plugin}.${name}" both answer ${route}${alias}: change one path`,
      )
    }
    if (requirement === undefined) {
      throw new PluginsClash(
        `"${plugin}.${name}" (${route}) does not say what it needs: add .annotateContext(needs("read"))`,
      )
    }
    if (lenient !== undefined) {
      throw new PluginsClash(
        `"${plugin}.${name}" (${route}) would take what its ${lenient.part} does not declare: write .${lenient.setter}(strict(Schema.Struct({ … })))`,
      )
    }
    routes.set(matched, endpoint)
    return { ...endpoint, requirement }
  })
}
