import { HttpApiGroup } from "@effect/platform"
import { Data, Effect, Layer } from "effect"
import { createRequire } from "node:module"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import { EventName } from "../src/domain/Event.ts"
import type { AnyPlugin, Subscription } from "../src/Plugin.ts"

/** A plugin of `GATEWAY_PLUGINS` can not be used; the gateway does not start. */
export class PluginNotLoaded extends Data.TaggedError("PluginNotLoaded")<{
  readonly specifier: string
  readonly reason: string
}> {
  override get message() {
    return `the plugin "${this.specifier}" of GATEWAY_PLUGINS can not be loaded: ${this.reason}`
  }
}

/**
 * Imports a plugin: a path that begins with `./`, `../` or `/` from the folder given, anything else
 * as a package that is installed there.
 */
export const loadPlugin = (
  specifier: string,
  folder: string,
): Effect.Effect<AnyPlugin, PluginNotLoaded> =>
  Effect.gen(function* () {
    const url = yield* resolve(specifier, folder)
    const module = yield* Effect.tryPromise({
      try: () => import(url) as Promise<{ readonly default?: unknown }>,
      catch: (cause) => `importing it failed: ${textOf(cause)}`,
    })
    return yield* check(module.default)
  }).pipe(Effect.mapError((reason) => new PluginNotLoaded({ specifier, reason })))

const resolve = (specifier: string, folder: string) =>
  Effect.try({
    try: () =>
      pathToFileURL(createRequire(path.join(folder, "package.json")).resolve(specifier)).href,
    catch: (cause) => unresolved(specifier, folder, cause),
  })

const unresolved = (specifier: string, folder: string, cause: unknown) => {
  if ((cause as NodeJS.ErrnoException).code === "ERR_PACKAGE_PATH_NOT_EXPORTED")
    return "its package.json exports nothing under that name; add a `default` beside `import`"
  return isPath(specifier)
    ? `there is no file ${path.resolve(folder, specifier)}`
    : `no package of that name is installed in ${folder}; a path has to begin with ./`
}

const isPath = (specifier: string) => /^\.{0,2}\//.test(specifier)

const check = (exported: unknown): Effect.Effect<AnyPlugin, string> => {
  const reason = flawOf(exported as Partial<AnyPlugin> | undefined)
  return reason === undefined ? Effect.succeed(exported as AnyPlugin) : Effect.fail(reason)
}

/** What an author has to change, or undefined. Versions come first: other ones have other shapes. */
const flawOf = (plugin: Partial<AnyPlugin> | undefined): string | undefined => {
  if (plugin?._tag !== "GatewayPlugin")
    return "its default export is no plugin; write `export default definePlugin({ … })`"
  const { apiVersion, name } = plugin
  if (apiVersion !== 1)
    return `it is written for plugin api ${String(apiVersion)}, and this gateway offers 1`
  if (typeof name !== "string" || !/^[a-z][a-z0-9-]{0,30}$/.test(name))
    return `its name ${JSON.stringify(name)} is not 1 to 31 lower-case letters, digits and dashes, a letter first`
  const flaws = Object.entries(shape).filter(([part, fits]) => !fits(plugin[part as never]))
  return flaws.length === 0
    ? (alien(plugin.groups!) ?? unheardOf(plugin.subscriptions!))
    : `${flaws.map(([part]) => `\`${part}\``).join(" and ")} of "${name}" ${explained(flaws[0]![0])}`
}

const ours: object = Object.getPrototypeOf(HttpApiGroup.make("ours"))

/** To the schemas of one copy of the library, those of another are strangers: no request would fit. */
const alien = (groups: AnyPlugin["groups"]) => {
  const other = groups.find((group: object) => !ours.isPrototypeOf(group))
  return other === undefined
    ? undefined
    : `its group "${other.identifier}" is made with another copy of @effect/platform; link the gateway's own, as docs/plugins.md does`
}

/** A subscription to a name that nothing has would wait for ever. */
const unheardOf = (subscriptions: ReadonlyArray<Subscription>) => {
  const names: ReadonlyArray<string> = EventName.literals
  for (const { events, name } of subscriptions) {
    const unknown = events.find((event) => !names.includes(event))
    if (unknown !== undefined)
      return `its subscription "${name}" waits for ${JSON.stringify(unknown)}, which never happens; there are ${names.join(", ")}`
  }
  return undefined
}

const explained = (part: string) =>
  part === "ports"
    ? "must be empty: only the gateway's own plugins have adapters to the world outside"
    : "is not what definePlugin makes; do not put a plugin together by hand"

const all = (fits: (one: never) => boolean) => (many: unknown) =>
  Array.isArray(many) && many.every(fits as (one: unknown) => boolean)

const shape: Readonly<Record<string, (part: unknown) => boolean>> = {
  groups: all(HttpApiGroup.isHttpApiGroup),
  handlers: Layer.isLayer,
  stores: Effect.isEffect,
  migrations: (part) =>
    typeof part === "object" && part !== null && Object.values(part).every(Effect.isEffect),
  subscriptions: all(
    ({ events, handle, name }: { events: unknown; handle: unknown; name: unknown }) =>
      typeof name === "string" && Array.isArray(events) && typeof handle === "function",
  ),
  ports: (part) => Array.isArray(part) && part.length === 0,
}

const textOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))
