import { Effect } from "effect"
import { Organizations } from "../../src/ports/Organizations.ts"
import { type Command, CommandFailed, table } from "./Command.ts"

export const createOrganization: Command<Organizations> = {
  usage: "organizations create NAME",
  about: "adds a tenant",
  run: ({ words: [name] }) =>
    Effect.gen(function* () {
      if (!name) return yield* new CommandFailed({ message: "NAME is missing" })
      const organization = yield* (yield* Organizations).create(name)
      return { value: organization, lines: [organization.id] }
    }),
}

export const listOrganizations: Command<Organizations> = {
  usage: "organizations list",
  about: "shows every tenant",
  run: () =>
    Effect.gen(function* () {
      const all = yield* (yield* Organizations).list
      return { value: all, lines: table(all.map(({ id, name }) => [id, name])) }
    }),
}
