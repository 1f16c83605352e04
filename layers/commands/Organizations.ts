import { Effect } from "effect"
import { Name } from "../../src/domain/Name.ts"
import { OrganizationId } from "../../src/domain/Organization.ts"
import { Organizations } from "../../src/ports/Organizations.ts"
import { type Command, CommandFailed, type Given, required, table, understood } from "./Command.ts"

export const createOrganization: Command<Organizations> = {
  usage: "organizations create NAME",
  about: "adds a tenant",
  run: ({ words: [typed] }) =>
    Effect.gen(function* () {
      if (!typed) return yield* new CommandFailed({ message: "NAME is missing" })
      const name = yield* understood(Name, typed, "NAME", "1 to 100 characters")
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

/** The tenant that `--organization` names, which there is. */
export const organizationOf = (given: Given) =>
  Effect.gen(function* () {
    const id = yield* understood(
      OrganizationId,
      yield* required(given, "organization"),
      "--organization",
      "the id of an organization, as `organizations list` shows it",
    )
    const known = yield* (yield* Organizations).list
    if (known.some((organization) => organization.id === id)) return id
    return yield* new CommandFailed({ message: "organization not found" })
  })
