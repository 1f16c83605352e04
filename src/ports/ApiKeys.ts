import { Context, type Effect, type Option, type Redacted } from "effect"
import type { ApiKey, ApiKeyId, ApiKeyNotFound } from "../domain/ApiKey.ts"
import type { Capability } from "../domain/Capability.ts"
import type { OrganizationId } from "../domain/Organization.ts"
import type { Principal } from "../domain/Principal.ts"

export interface ApiKeyDraft {
  readonly name: string
  readonly capabilities: ReadonlyArray<Capability>
  /** Epoch milliseconds; null never expires. */
  readonly expiresAt: number | null
}

/** The keys of an organization. Two may live side by side, so that one can replace the other. */
export class ApiKeys extends Context.Tag("src/ports/ApiKeys")<
  ApiKeys,
  {
    /** The token is told here, once. */
    readonly create: (
      organization: OrganizationId,
      draft: ApiKeyDraft,
    ) => Effect.Effect<{ readonly key: ApiKey; readonly token: Redacted.Redacted }>
    readonly list: (organization: OrganizationId) => Effect.Effect<ReadonlyArray<ApiKey>>
    /** The key opens nothing from the moment this returns. */
    readonly remove: (
      organization: OrganizationId,
      key: ApiKeyId,
    ) => Effect.Effect<void, ApiKeyNotFound>
    /** Whom a token speaks for; none when it is malformed, unknown, expired or removed. */
    readonly verify: (token: string) => Effect.Effect<Option.Option<Principal["Type"]>>
    /** The same where `verify` told it a moment ago; undefined where only `verify` can tell. */
    readonly recall: (token: string) => Principal["Type"] | undefined
  }
>() {}
