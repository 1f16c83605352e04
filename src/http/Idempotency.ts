import { Context, type Effect, Schema } from "effect"
import { Failure } from "../domain/Failure.ts"
import type { OrganizationId } from "../domain/Organization.ts"

/** Chosen by the caller, once for everything that is to happen once. Good for a day. */
export const IdempotencyKey = Schema.String.pipe(
  Schema.pattern(/^[\x21-\x7e]{1,255}$/, {
    description: "a key of 1 to 255 visible ASCII characters, e.g. 3f6c1e0a-order-4711",
  }),
  Schema.brand("IdempotencyKey"),
)
export type IdempotencyKey = typeof IdempotencyKey.Type

/** For `setHeaders` of an endpoint that answers a key. */
export const idempotencyFields = {
  "idempotency-key": Schema.optionalWith(IdempotencyKey, { exact: true }),
}

export class IdempotencyMismatch extends Failure<IdempotencyMismatch>()("IdempotencyMismatch", {
  code: "idempotency_mismatch",
  message: "the idempotency key belongs to another request",
  details: {},
}) {}

export class IdempotencyInFlight extends Failure<IdempotencyInFlight>()("IdempotencyInFlight", {
  code: "conflict",
  message: "the request with this idempotency key is still under way",
  details: { reason: Schema.tag("idempotency_in_flight") },
}) {}

/** Something that is to happen once, however often it is asked for. */
export interface Once<A, I, E, R> {
  readonly organization: OrganizationId
  readonly key: IdempotencyKey
  /** The operation and all it was asked with: the same key with anything else is a mismatch. */
  readonly request: ReadonlyArray<unknown>
  readonly answer: Schema.Schema<A, I>
  /**
   * Does it. `since` is given when an earlier attempt ended and nobody knows how: whatever it did, it
   * did after that time (epoch milliseconds), so look for it before doing it again.
   */
  readonly attempt: (since: number | undefined) => Effect.Effect<A, E, R>
  /** Whether it may have happened in spite of the failure. Otherwise the key is free again. */
  readonly mayHaveHappened: (failure: E) => boolean
}

/** The keys of every organization, each for itself. */
export class Idempotency extends Context.Tag("src/http/Idempotency")<
  Idempotency,
  {
    /**
     * The answer of the one attempt that succeeded, the same bytes for everybody who asks. An attempt
     * goes on when its caller hangs up; one whose process died is taken over after half a minute.
     */
    readonly once: <A, I, E, R>(
      once: Once<A, I, E, R>,
    ) => Effect.Effect<A, E | IdempotencyMismatch | IdempotencyInFlight, R>
  }
>() {}
