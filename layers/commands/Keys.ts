import { Clock, Duration, Effect, Redacted, Schema } from "effect"
import { ApiKeyId } from "../../src/domain/ApiKey.ts"
import { Capability } from "../../src/domain/Capability.ts"
import { Name } from "../../src/domain/Name.ts"
import { ApiKeys } from "../../src/ports/ApiKeys.ts"
import type { Organizations } from "../../src/ports/Organizations.ts"
import {
  type Command,
  CommandFailed,
  countIn,
  type Given,
  required,
  table,
  understood,
} from "./Command.ts"
import { organizationOf } from "./Organizations.ts"

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
      const expiresAt = yield* expiryIn(given)
      const typed = given.options["name"] ?? "command line"
      const name = yield* understood(Name, typed, "--name", "1 to 100 characters")
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
      const key = yield* understood(ApiKeyId, given.words[0], "KEY", "the id of a key")
      yield* (yield* ApiKeys)
        .remove(yield* organizationOf(given), key)
        .pipe(Effect.mapError(({ message }) => new CommandFailed({ message })))
      return { value: { removed: key }, lines: [`removed ${key}`] }
    }),
}

const capabilitiesIn = (list: string) =>
  understood(
    Schema.NonEmptyArray(Capability),
    list.split(","),
    "--capabilities",
    "read, send and manage, or some of them, with commas between",
  )

const expiryIn = (given: Given) =>
  Effect.gen(function* () {
    const days = yield* countIn(given, "days")
    if (days === undefined) return null
    return Math.floor((yield* Clock.currentTimeMillis) + Duration.toMillis(Duration.days(days)))
  })
