import { Schema } from "effect"
import { Capability } from "./Capability.ts"
import { Failure } from "./Failure.ts"
import { EpochMillis } from "./Time.ts"

/** The public name of an API key. */
export const ApiKeyId = Schema.String.pipe(
  Schema.pattern(/^key_[0-7][0-9A-HJKMNP-TV-Z]{25}$/, {
    description: "an API key id, e.g. key_01J9ZX8K2QHV0M3T6R7P4N5W8C",
  }),
  Schema.brand("ApiKeyId"),
)
export type ApiKeyId = typeof ApiKeyId.Type

/** Times are epoch milliseconds. The secret is told once, when the key is made, and never again. */
export const ApiKey = Schema.Struct({
  id: ApiKeyId,
  name: Schema.String.annotations({ examples: ["billing script"] }),
  capabilities: Schema.Array(Capability),
  createdAt: EpochMillis,
  expiresAt: Schema.NullOr(EpochMillis),
  /** Written at most once a minute. */
  lastUsedAt: Schema.NullOr(EpochMillis),
}).annotations({ identifier: "ApiKey" })
export type ApiKey = typeof ApiKey.Type

/** Also answered when the key belongs to another organization: existence is private. */
export class ApiKeyNotFound extends Failure<ApiKeyNotFound>()("ApiKeyNotFound", {
  code: "not_found",
  message: "api key not found",
  details: {},
}) {}
