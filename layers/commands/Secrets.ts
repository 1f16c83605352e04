import { Effect } from "effect"
import type { Settings } from "../../src/Settings.ts"
import type { SystemSql } from "../Postgres.ts"
import { Rotation } from "../secrets/Rotation.ts"
import { type Command, CommandFailed } from "./Command.ts"

export const rotateSecrets: Command<SystemSql | Settings> = {
  usage: "secrets rotate",
  about: "replaces the master key, also while a gateway runs; interrupted, run it again",
  run: () =>
    Effect.gen(function* () {
      const { kekId, rewrapped } = yield* (yield* Rotation).rotate()
      return {
        value: { masterKey: kekId, rewrapped },
        lines: [`master key ${kekId} is in force; keys wrapped anew: ${rewrapped}`],
      }
    }).pipe(
      Effect.provide(Rotation.layer),
      Effect.mapError(({ message }) => new CommandFailed({ message })),
    ),
}
