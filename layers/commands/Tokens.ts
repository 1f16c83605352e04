import { Duration, Effect, Schema } from "effect"
import { OrganizationId } from "../../src/domain/Organization.ts"
import { Settings } from "../../src/Settings.ts"
import { LocalIdentity } from "../LocalIdentity.ts"
import { type Command, CommandFailed, required, understood } from "./Command.ts"

const localOnly = "AUTH_LOCAL: expected on; tokens of another provider are issued there"

const Role = Schema.Literal("member", "admin", "owner")

export const issueToken: Command<Settings> = {
  usage: "tokens issue --organization ID --role ROLE [--subject ID] [--hours N] [--super-admin]",
  about: "signs a login token of member, admin or owner; AUTH_LOCAL=on accepts it",
  options: {
    organization: { type: "string" },
    role: { type: "string" },
    subject: { type: "string" },
    hours: { type: "string" },
    "super-admin": { type: "boolean" },
  },
  run: (given) =>
    Effect.gen(function* () {
      const { auth } = yield* Settings
      if (auth.provider._tag !== "Local") return yield* new CommandFailed({ message: localOnly })
      const { hours, subject, "super-admin": superAdmin } = given.options
      const token = yield* (yield* LocalIdentity).issue({
        organization: yield* understood(
          OrganizationId,
          yield* required(given, "organization"),
          "--organization",
        ),
        role: yield* understood(Role, yield* required(given, "role"), "--role"),
        subject: String(subject ?? "user_local"),
        ttl: Duration.hours(Number(hours ?? 1)),
        superAdmin: superAdmin === true,
      })
      return { value: { token }, lines: [token] }
    }).pipe(
      Effect.provide(LocalIdentity.Default),
      Effect.mapError(({ message }) => new CommandFailed({ message })),
    ),
}
