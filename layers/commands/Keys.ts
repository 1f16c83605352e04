import { Clock, Duration, Effect, Redacted, Schema } from "effect"
import { ApiKeyId } from "../../src/domain/ApiKey.ts"
import { Capability } from "../../src/domain/Capability.ts"
import { OrganizationId } from "../../src/domain/Organization.ts"
import { ApiKeys } from "../../src/ports/ApiKeys.ts"
import { Organizations } from "../../src/ports/Organizations.ts"
import { type Command, CommandFailed, type Given, required, table, understood } from "./Command.ts"

type Needs = ApiKeys | Organizations

const organization = { organization: { type: "string" } } as const

export const createKey: Command<Needs> = {
  usage: "keys create --organization ID --capabilities read,send [--name NAME] [--days N]",
  about: "makes an API key and prints it, this once",
  options: {
    ...organization,
    capabilities: { type: "string" },
    name: { type: "string" },
    days: { type: "string" },
  },
  run: (given) =>
    Effect.gen(function* () {
      const of = yield* organizationOf(given)
      const capabilities = yield* capabilitiesIn(yield* required(given, "capabilities"))
      const expiresAt = yield* expiryIn(given.options["days"])
      const name = String(given.options["name"] ?? "command line")
      const { key, token } = yield* (yield* ApiKeys).create(of, { name, capabilities, expiresAt })
      return {
        value: { ...key, token: Redacted.value(token) },
        lines: [Redacted.value(token)],
      }
    }),
}

export const listKeys: Command<Needs> = {
  usage: "keys list --organization ID",
  about: "shows the API keys of a tenant, never the secrets",
  options: organization,
  run: (given) =>
    Effect.gen(function* () {
      const all = yield* (yield* ApiKeys).list(yield* organizationOf(given))
      return {
        value: all,
        lines: table(all.map(({ capabilities, id, name }) => [id, capabilities.join(), name])),
      }
    }),
}

export const removeKey: Command<Needs> = {
  usage: "keys remove KEY --organization ID",
  about: "takes an API key back, effective at once",
  options: organization,
  run: (given) =>
    Effect.gen(function* () {
      const key = yield* understood(ApiKeyId, given.words[0], "KEY: expected the id of a key")
      yield* (yield* ApiKeys)
        .remove(yield* organizationOf(given), key)
        .pipe(Effect.mapError(({ message }) => new CommandFailed({ message })))
      return { value: { removed: key }, lines: [`removed ${key}`] }
    }),
}

const organizationOf = (given: Given) =>
  Effect.gen(function* () {
    const id = yield* understood(
      OrganizationId,
      yield* required(given, "organization"),
      "--organization: expected the id of an organization, as `organizations list` shows it",
    )
    const known = yield* (yield* Organizations).list
    if (known.some((organization) => organization.id === id)) return id
    return yield* new CommandFailed({ message: "organization not found" })
  })

const capabilitiesIn = (list: string) =>
  understood(
    Schema.NonEmptyArray(Capability),
    list.split(","),
    "--capabilities: expected read, send and manage, or some of them, with commas between",
  )

const expiryIn = (days: Given["options"][string]) =>
  Effect.gen(function* () {
    if (days === undefined) return null
    const positive = Schema.NumberFromString.pipe(Schema.positive())
    const lifetime = Duration.days(
      yield* understood(positive, days, "--days: expected a number above 0"),
    )
    return (yield* Clock.currentTimeMillis) + Duration.toMillis(lifetime)
  })
