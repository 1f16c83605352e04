import { Effect } from "effect"
import type { Settings } from "../../src/Settings.ts"
import { Plugins } from "../Plugins.ts"
import { type Command, CommandFailed, table } from "./Command.ts"

export const listPlugins: Command<Settings> = {
  usage: "plugins list",
  about: "shows every plugin and its endpoints",
  run: () =>
    Plugins.pipe(
      Effect.provide(Plugins.layer),
      Effect.mapBoth({
        onFailure: ({ message }) => new CommandFailed({ message }),
        onSuccess: ({ endpoints }) => ({
          value: endpoints,
          lines: table(
            endpoints.map(({ method, name, path, plugin, requirement }) => [
              plugin,
              name,
              method,
              path,
              requirement,
            ]),
          ),
        }),
      }),
    ),
}
