import { Schema } from "effect"

/** Every code that a caller can meet, with its status. */
export const statusOf = {
  validation_error: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  idempotency_mismatch: 422,
  rate_limited: 429,
  internal_error: 500,
  not_implemented: 501,
  upstream_error: 502,
  unavailable: 503,
  upstream_timeout: 504,
} as const
export type Code = keyof typeof statusOf

export interface FailureSpec<Fields extends Schema.Struct.Fields> {
  readonly code: Code
  /** Lower case, no full stop: "session not found". */
  readonly message: string
  /** What the caller reads under `details`. */
  readonly details: Fields
}

/** A class of failures: its tag, its fields and what every one of them tells the caller. */
export type FailureClass<
  Self,
  Tag extends string,
  Fields extends Schema.Struct.Fields,
> = Schema.TaggedErrorClass<Self, Tag, { readonly _tag: Schema.tag<Tag> } & Fields> & {
  readonly spec: FailureSpec<Fields>
}

/**
 * A state of affairs that callers are told about as `{ error: { code, message, details } }`.
 * Extend it where the noun lives and list it on the endpoint with `failures(…)`.
 */
export const Failure =
  <Self = never>() =>
  <const Tag extends string, const Fields extends Schema.Struct.Fields>(
    tag: Tag,
    spec: FailureSpec<Fields>,
  ): FailureClass<Self, Tag, Fields> => {
    class Told extends Schema.TaggedError<Told>(tag)(tag, spec.details as Schema.Struct.Fields) {
      static readonly spec = spec
      override get message() {
        return spec.message
      }
    }
    return Told as unknown as FailureClass<Self, Tag, Fields>
  }
