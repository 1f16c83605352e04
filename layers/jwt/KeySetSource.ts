import { Context, type Effect, Schema } from "effect"
import type { JSONWebKeySet } from "jose"

export class KeySetUnreadable extends Schema.TaggedError<KeySetUnreadable>()("KeySetUnreadable", {
  reason: Schema.String,
}) {}

/** Where the public keys of the identity provider come from; never from a token. */
export class KeySetSource extends Context.Tag("layers/jwt/KeySetSource")<
  KeySetSource,
  {
    /** The provider's keys as of now; at least one. */
    readonly fetch: Effect.Effect<JSONWebKeySet, KeySetUnreadable>
  }
>() {}
