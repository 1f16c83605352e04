import { Context } from "effect"
import type { Capability } from "./Capability.ts"
import type { OrganizationId } from "./Organization.ts"

/** Who calls, for which organization, and what they may do. */
export class Principal extends Context.Tag("src/domain/Principal")<
  Principal,
  {
    readonly organizationId: OrganizationId
    /** `key_…` of an API key or the subject of a login token. */
    readonly subject: string
    /** The person behind a login token; null for an API key. */
    readonly userId: string | null
    readonly capabilities: ReadonlySet<Capability>
    readonly superAdmin: boolean
  }
>() {}
