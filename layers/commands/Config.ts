import { Effect } from "effect"
import { Settings } from "../../src/Settings.ts"
import { type Command, table } from "./Command.ts"

export const showConfig: Command<never> = {
  usage: "config",
  about: "shows every setting, its value and where it came from; secrets stay hidden",
  run: () =>
    Effect.sync(() => {
      const rows = Settings.describe(process.env)
      return {
        value: rows,
        lines: table(rows.map(({ name, origin, value }) => [name, value, origin])),
      }
    }),
}
