import { Data } from "effect"
import type { Code } from "../../src/domain/Failure.ts"

/**
 * A request that is turned away before any endpoint decides. Travels as a defect, because HttpApi
 * reads the body outside of what an endpoint may fail with.
 */
export class Refusal extends Data.TaggedError("Refusal")<{
  readonly code: Code
  readonly message: string
  readonly details: object
}> {}

/** A body that no field can be named in, or one field that no schema gets to see. */
export const malformed = (expected: string, path = "") =>
  new Refusal({
    code: "validation_error",
    message: "the request is not valid",
    details: { fields: [{ path, expected }] },
  })
