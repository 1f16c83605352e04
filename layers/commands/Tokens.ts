import { Duration, Effect, Schema } from "effect"
import type { Organizations } from "../../src/ports/Organizations.ts"
import { Settings } from "../../src/Settings.ts"
import { LocalIdentity } from "../LocalIdentity.ts"
import { type Command, CommandFailed, countIn, required, understood } from "./Command.ts"
import { organizationOf } from "./Organizations.ts"

const localOnly = "AUTH_LOCAL: expected on; tokens of another provider are issued there"

const Role = Schema.Literal("member", "admin", "owner")

export const issueToken: Command<Settings | Organizations> = {
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
      const { subject, "super-admin": superAdmin } = given.options
      const role = yield* required(given, "role")
      const draft = {
        role: yield* understood(Role, role, "--role", "member, admin or owner"),
        ttl: Duration.hours((yield* countIn(given, "hours")) ?? 1),
        organization: yield* organizationOf(given),
        subject: String(subject ?? "user_local"),
        superAdmin: superAdmin === true,
      }
      const token = yield* (yield* LocalIdentity).issue(draft)
      return { value: { token }, lines: [token] }
    }).pipe(
      Effect.provide(LocalIdentity.Default),
      Effect.mapError(({ message }) => new CommandFailed({ message })),
    ),
}
