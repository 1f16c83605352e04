import { Context, Effect, Layer } from "effect"
import { plugins as builtIn } from "../plugins/index.ts"
import { compose, type Composed, type PluginsClash } from "../src/Gateway.ts"
import type { Plugin } from "../src/Plugin.ts"
import { Settings } from "../src/Settings.ts"
import { loadPlugin } from "./PluginLoader.ts"

type BuiltIn = typeof builtIn
type GroupsOf<P> = P extends Plugin<string, infer Groups> ? Groups : never

/** What this gateway is made of: its own plugins, and those that `GATEWAY_PLUGINS` names. */
export class Plugins extends Context.Tag("layers/Plugins")<
  Plugins,
  { readonly list: BuiltIn } & Composed<GroupsOf<BuiltIn[number]>>
>() {
  static readonly layer = Layer.effect(
    Plugins,
    Effect.gen(function* () {
      const { plugins: specifiers } = yield* Settings
      const loaded = yield* Effect.forEach(specifiers, (one) => loadPlugin(one, process.cwd()))
      // What is loaded comes on top, and needs nothing that the built-in ones do not get as well.
      const list = [...builtIn, ...loaded] as unknown as BuiltIn
      return yield* Effect.try({
        try: () => ({ list, ...compose(list) }),
        catch: (cause) => cause as PluginsClash,
      })
    }),
  )
}
