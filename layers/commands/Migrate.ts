import { Effect } from "effect"
import { SystemSql } from "../Postgres.ts"
import { type Command } from "./Command.ts"

/** Opening the database migrates it: this only says so. */
export const migrate: Command<SystemSql> = {
  usage: "migrate",
  about: "brings the tables up to date and ends",
  run: () => Effect.as(SystemSql, { value: { migrated: true }, lines: ["up to date"] }),
}
