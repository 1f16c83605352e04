import { Effect } from "effect"
import { type Environment, Settings } from "../../src/Settings.ts"
import { type Command, table } from "./Command.ts"

export const showConfig = (env: Environment): Command<never> => ({
  usage: "config",
  about: "shows every setting, its value and where it came from; secrets stay hidden",
  run: () =>
    Effect.sync(() => {
      const rows = Settings.describe(env)
      const wrong = rows.filter(({ problem }) => problem !== undefined)
      return {
        value: rows,
        lines: table(
          rows.map(({ name, origin, problem, value }) => [
            name,
            value,
            origin,
            problem === undefined ? "" : `<- ${problem}`,
          ]),
        ),
        ...(wrong.length > 0 && {
          failure: `not as expected: ${wrong.map(({ name }) => name).join(", ")}`,
        }),
      }
    }),
})
