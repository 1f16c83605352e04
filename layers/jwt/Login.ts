import { Option, Schema } from "effect"
import type { JWTPayload } from "jose"
import type { Capability } from "../../src/domain/Capability.ts"
import { OrganizationId } from "../../src/domain/Organization.ts"
import type { Principal } from "../../src/domain/Principal.ts"
import type { AuthSettings } from "../../src/Settings.ts"

/** Who logged in, and until when the token says so: epoch milliseconds. */
export interface Login extends Readonly<Principal["Type"]> {
  readonly expiresAt: number
}

/** What a role in the organization may do; a role that is not listed may not even log in. */
const roles = new Map<unknown, ReadonlySet<Capability>>([
  ["member", new Set(["read", "send"] as const)],
  ["admin", new Set(["read", "send", "manage"] as const)],
  ["owner", new Set(["read", "send", "manage"] as const)],
])

/** Year 9999. Anything later is an `exp` in milliseconds, or somebody's idea of forever. */
const latest = 253_402_300_799

const Subject = Schema.String.pipe(Schema.pattern(/^[^\p{Cc}]{1,255}$/u))

/** None when a claim is missing or says something we do not know. */
export const loginOf = (payload: JWTPayload, auth: AuthSettings): Option.Option<Login> => {
  const claim = (name: string) => (Object.hasOwn(payload, name) ? payload[name] : undefined)
  const expiry = payload.exp ?? Number.POSITIVE_INFINITY
  if (!(expiry <= latest)) return Option.none()

  return Option.all({
    organizationId: Schema.decodeUnknownOption(OrganizationId)(claim(auth.organizationClaim)),
    subject: Schema.decodeUnknownOption(Subject)(claim("sub")),
    capabilities: Option.fromNullable(roles.get(claim(auth.roleClaim))),
  }).pipe(
    Option.map((login) => ({
      ...login,
      userId: login.subject,
      superAdmin: claim(auth.platformClaim) === "super_admin",
      expiresAt: Math.floor(expiry * 1000),
    })),
  )
}
